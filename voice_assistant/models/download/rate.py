"""Measure how fast a download is, and how long it will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

# Long enough to be calm, short enough to follow a change.
_WINDOW_S = 5.0


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Hold how far a download is.

    Attributes:
        done: bytes that are there.
        total: bytes of all files.
        rate: bytes per second, lately.
        left_s: seconds it will take at that rate; `None` while nothing comes.
    """

    done: int
    total: int
    rate: float
    left_s: float | None

    @property
    def percent(self) -> float:
        """Return the share of the bytes that are there, 0…100."""
        return 100 * self.done / self.total if self.total else 100.0


class RateMeter:
    """Turn counts of bytes into progress.

    Args:
        total: bytes there will be.
        clock: seconds, ascending.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._counts: deque[tuple[float, int]] = deque()

    def update(self, done: int) -> FetchProgress:
        """Return the progress, now that `done` bytes are there."""
        now = self._clock()
        self._counts.append((now, done))
        while len(self._counts) > 2 and self._counts[1][0] < now - _WINDOW_S:
            self._counts.popleft()
        since, before = self._counts[0]
        rate = max(0, done - before) / (now - since) if now > since else 0.0
        left_s = (self._total - done) / rate if rate else None
        return FetchProgress(done, self._total, rate, left_s)
