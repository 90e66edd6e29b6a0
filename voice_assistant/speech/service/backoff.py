"""Space out the restarts of a process that dies again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

_LONGEST_S = 60.0
_GOOD_S = 60.0
"""A process that lived so long died of something else than the one before."""


class Backoff:
    """Say how long to wait before a process that died is started again.

    The first one is started at once. Deaths in a row wait, each twice as long as the one before.

    Args:
        first_s: the wait after the second death in a row, in seconds; the longest is a minute.
        clock: tells seconds, as `time.monotonic` does.
    """

    def __init__(self, first_s: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._first_s = first_s
        self._clock = clock
        self._born = clock()
        self._next_s = 0.0

    def note_birth(self) -> None:
        """Note that a process begins to serve."""
        self._born = self._clock()

    def note_answer(self) -> None:
        """Note that it has answered a call: the deaths before it are forgotten."""
        self._next_s = 0.0

    def note_death(self) -> float:
        """Note that it died, and return how many seconds to wait for the next one."""
        if self._clock() - self._born >= _GOOD_S:
            self._next_s = 0.0
        wait_s = self._next_s
        self._next_s = min(max(self._first_s, 2 * wait_s), _LONGEST_S)
        return wait_s
