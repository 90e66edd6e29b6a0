"""Keep what was read from a set of folders, until one of them changes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

FoundFile = tuple[Path, Path]
"""A root folder, and a file somewhere below it."""

_COARSEST_CLOCK_NS = 2_000_000_000
"""FAT stamps files to two seconds; no file system in use is coarser."""


class FolderCache(Generic[T]):
    """Keep what `read` made of the files under some folders.

    A file that is added, removed or renamed changes the time stamp of its folder, and every package
    manager works that way; a file rewritten in place goes unnoticed.

    Args:
        suffix: which files are of interest, such as `.desktop`.
        read: gets them, root by root, sorted within each, and returns what is to be kept.
    """

    def __init__(self, suffix: str, read: Callable[[Sequence[FoundFile]], T]) -> None:
        self._suffix = suffix
        self._read = read
        self._lock = threading.Lock()
        self._kept: tuple[Sequence[Path], dict[Path, int | None], T] | None = None

    def get(self, roots: Sequence[Path]) -> T:
        """Return what the folders hold now; missing folders hold nothing."""
        with self._lock:
            if self._kept is not None:
                kept_roots, stamps, value = self._kept
                if kept_roots == roots and all(_stamp(each) == at for each, at in stamps.items()):
                    return value
            started = time.time_ns()
            files, stamps = self._walk(roots)
            value = self._read(files)
            newest = max((stamp for stamp in stamps.values() if stamp is not None), default=0)
            # A folder changed this very moment could change again without a new time stamp.
            settled = newest < started - _COARSEST_CLOCK_NS
            self._kept = (tuple(roots), stamps, value) if settled else None
            return value

    def _walk(self, roots: Sequence[Path]) -> tuple[list[FoundFile], dict[Path, int | None]]:
        files: list[FoundFile] = []
        stamps: dict[Path, int | None] = {}
        for root in roots:
            stamps[root] = _stamp(root)
            for folder, _, names in os.walk(root):
                stamps[Path(folder)] = _stamp(Path(folder))
                wanted = (name for name in names if name.lower().endswith(self._suffix))
                files += [(root, Path(folder, name)) for name in sorted(wanted)]
        return files, stamps


def _stamp(folder: Path) -> int | None:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return None
