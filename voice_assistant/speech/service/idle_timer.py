"""Notice that nobody has wanted anything for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class IdleTimer:
    """Call a function after some time without work.

    Args:
        limit_s: how long, in seconds; negative: never.
        on_idle: what to call.
    """

    def __init__(self, limit_s: float, on_idle: Callable[[], None]) -> None:
        self.limit_s = limit_s
        self._on_idle = on_idle
        self._users = 0
        self._handle: asyncio.TimerHandle | None = None

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Mark that there is work: time stands still meanwhile."""
        self._users += 1
        self.stop()
        try:
            yield
        finally:
            self._users -= 1
            self.start()

    def start(self) -> None:
        """Count from now on, unless there is work."""
        self.stop()
        if self.limit_s >= 0 and not self._users:
            self._handle = asyncio.get_running_loop().call_later(self.limit_s, self._on_idle)

    def stop(self) -> None:
        """Stop counting."""
        if self._handle is not None:
            self._handle.cancel()
