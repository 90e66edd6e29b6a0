"""Lower the priority of work that can wait, since recognition comes first.

This is the one place that knows how. A helper is lowered from outside as soon as it runs, since a
download started by a person is not to yield, and one started by the service is. The converter goes
further by itself: it yields to everything however it was started.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import psutil

# What `nice` itself takes by default, and the lowest that there is.
_BACKGROUND_NICE = 10
_IDLE_NICE = 19


def lower_priority(pid: int | None = None, *, idle: bool = False) -> None:
    """Let other processes run before a process; one that has ended is no error.

    Args:
        pid: of the process; by default this one.
        idle: whether it works only while no other wants the processor, or the disk (Linux).
    """
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if sys.platform == "win32":
            process.nice(psutil.IDLE_PRIORITY_CLASS if idle else psutil.BELOW_NORMAL_PRIORITY_CLASS)
            return
        # What was started at a lower priority may not raise its own.
        process.nice(max(process.nice(), _IDLE_NICE if idle else _BACKGROUND_NICE))
        if idle and sys.platform == "linux":
            process.ionice(psutil.IOPRIO_CLASS_IDLE)
