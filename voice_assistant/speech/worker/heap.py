"""Keep the C library's memory level from recording to recording."""

from __future__ import annotations

import ctypes
import sys

# From glibc's malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

# Larger blocks are given back at once: the attention of all 30 s is 72 MB for base.
_LARGE_BYTES = 32 << 20
# All others stay for the next recording, so that memory is level from the first one on.
_NEVER = 2**31 - 1


def use_one_arena() -> bool:
    """Let all threads share what one of them has freed; call it before there are others.

    glibc otherwise keeps a heap for each thread, each as large as the largest recording that its
    thread ever had: 71 MB more for base on two cores (`benchmarks/queue.py`).

    Returns:
        Whether this is glibc.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return False
    library.mallopt(_M_ARENA_MAX, 1)
    # Setting either ends glibc's own adjustment of both, which would start at 128 KB.
    library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    library.mallopt(_M_TRIM_THRESHOLD, _NEVER)
    return True
