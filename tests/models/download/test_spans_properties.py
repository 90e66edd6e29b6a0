from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.models.download.spans import Spans

END = 40
PIECES = st.lists(st.tuples(st.integers(0, END), st.integers(0, END)).map(sorted), max_size=12)


def offsets(ranges: list[tuple[int, int]]) -> list[int]:
    return [offset for start, end in ranges for offset in range(start, end)]


@given(PIECES, st.integers(0, END + 5), st.integers(0, END + 5))
@example([[5, 5]], 10, 0)
def test_spans_are_a_set_of_offsets(pieces: list[list[int]], start: int, end: int) -> None:
    spans, there = Spans(), set[int]()
    for first, after in pieces:
        spans.add(first, after)
        there |= set(range(first, after))
    assert offsets(spans.ranges) == sorted(there)
    assert spans.total == len(there)
    # Neither touching nor overlapping, and none of them empty.
    flat = [bound for each in spans.ranges for bound in each]
    assert flat == sorted(set(flat))
    missing = list(spans.missing(end, start))
    assert offsets(missing) == sorted(set(range(start, end)) - there)
    flat = [bound for each in missing for bound in each]
    assert flat == sorted(set(flat))
