from __future__ import annotations

from itertools import permutations

from voice_assistant.models.download.byte_ranges import ByteRanges


def of(*ranges: tuple[int, int]) -> ByteRanges:
    spans = ByteRanges()
    for start, end in ranges:
        spans.add(start, end)
    return spans


def test_there_is_nothing_at_first() -> None:
    assert (of().total, of().ranges, list(of().missing(5))) == (0, [], [(0, 5)])


def test_what_touches_becomes_one() -> None:
    assert of((0, 3), (3, 5)).ranges == [(0, 5)]
    assert of((3, 5), (0, 3)).ranges == [(0, 5)]


def test_what_does_not_touch_stays_apart() -> None:
    spans = of((6, 8), (0, 3))
    assert spans.ranges == [(0, 3), (6, 8)]
    assert list(spans.missing(10)) == [(3, 6), (8, 10)]


def test_nothing_is_missing_of_what_is_whole() -> None:
    assert list(of((0, 10)).missing(10)) == []


def test_what_is_missing_of_a_part() -> None:
    spans = of((2, 4), (6, 8))
    assert list(spans.missing(7, start=3)) == [(4, 6)]
    assert list(spans.missing(6, start=4)) == [(4, 6)]
    assert list(spans.missing(8, start=6)) == []
    assert list(spans.missing(2)) == [(0, 2)]
    assert list(spans.missing(12, start=7)) == [(8, 12)]


def test_it_is_the_set_of_offsets_whatever_the_order() -> None:
    pieces = [(0, 4), (2, 6), (8, 9), (9, 12), (14, 15)]
    for order in permutations(pieces):
        spans = of(*order)
        there = {offset for start, end in order for offset in range(start, end)}
        assert {offset for start, end in spans.ranges for offset in range(start, end)} == there
        assert spans.total == len(there)
        assert spans.ranges == [(0, 6), (8, 12), (14, 15)]
        assert list(spans.missing(16)) == [(6, 8), (12, 14), (15, 16)]
