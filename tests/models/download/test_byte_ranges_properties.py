from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.models.download.byte_ranges import ByteRanges

END = 40
PIECES = st.lists(st.tuples(st.integers(0, END), st.integers(0, END)).map(sorted), max_size=12)


def offsets(pairs: list[tuple[int, int]]) -> list[int]:
    return [offset for start, end in pairs for offset in range(start, end)]


@given(PIECES, st.integers(0, END + 5), st.integers(0, END + 5))
@example([[5, 5]], 10, 0)
def test_ranges_are_a_set_of_offsets(pieces: list[list[int]], start: int, end: int) -> None:
    ranges, there = ByteRanges(), set[int]()
    for first, after in pieces:
        ranges.add(first, after)
        there |= set(range(first, after))
    assert offsets(ranges.ranges) == sorted(there)
    assert ranges.total == len(there)
    # Neither touching nor overlapping, and none of them empty.
    flat = [bound for each in ranges.ranges for bound in each]
    assert flat == sorted(set(flat))
    missing = list(ranges.missing(end, start))
    assert offsets(missing) == sorted(set(range(start, end)) - there)
    flat = [bound for each in missing for bound in each]
    assert flat == sorted(set(flat))
