"""Count which bytes of a file are there, and which are missing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator


class ByteRanges:
    """Hold a set of byte offsets as ranges that neither touch nor overlap."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    @property
    def total(self) -> int:
        """Return how many bytes there are."""
        return sum(self._ends) - sum(self._starts)

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Return the ranges, ascending."""
        return list(zip(self._starts, self._ends, strict=True))

    def add(self, start: int, end: int) -> None:
        """Add the bytes from `start` up to `end`; none, if that is not after it."""
        if start >= end:
            return
        first = bisect_right(self._ends, start - 1)
        last = bisect_right(self._starts, end)
        if first < last:
            start = min(start, self._starts[first])
            end = max(end, self._ends[last - 1])
        self._starts[first:last] = [start]
        self._ends[first:last] = [end]

    def missing(self, end: int, start: int = 0) -> Iterator[tuple[int, int]]:
        """Yield the ranges between `start` and `end` that are missing."""
        for begin, after in self.ranges:
            if begin >= end:
                break
            if begin > start:
                yield start, begin
            start = max(start, after)
        if start < end:
            yield start, end
