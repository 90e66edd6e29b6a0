"""Wait for what is sure to happen, so that no test has to guess how long it takes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_LONGEST_S = 60.0
_PAUSE_S = 0.01


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for a condition to hold; fail after a minute."""
    deadline = time.monotonic() + _LONGEST_S
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(_PAUSE_S)


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for a condition to hold, while the event loop runs on; fail after a minute."""
    deadline = time.monotonic() + _LONGEST_S
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(_PAUSE_S)


async def past(delay_s: float) -> None:
    """Let pass all timers of the event loop that are due by then, which it runs in their order."""
    await asyncio.sleep(delay_s)
