"""Have processes take turns at what only one of them may change at a time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Short beside an installation or a download, which is what is waited for.
_POLL_S = 0.3


@contextmanager
def exclusive(path: Path, on_wait: Callable[[], None]) -> Iterator[int]:
    """Hold the operating system's lock on `path`, which is never deleted.

    The system frees the lock when its last holder is gone, however it died, so there are no stale
    locks. A child that inherits the descriptor keeps the lock: after `kill -9` on a launcher its
    pip still writes for a while, and the next launcher must wait for that too.

    Args:
        path: of the lock file; its folder must exist.
        on_wait: called once if another process holds the lock.

    Yields:
        The descriptor, for children to inherit (POSIX).

    Raises:
        OSError: the file cannot be created.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not _try_lock(descriptor):
            on_wait()
            while not _try_lock(descriptor):
                time.sleep(_POLL_S)
        yield descriptor
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
