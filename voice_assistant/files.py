"""Write files whole or not at all, and tell a full disk from other errors."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from voice_assistant.errors import ModelError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside `path` that takes its place when all of it is on the disk.

    Whoever reads `path` sees what it was before or all that was written; an error leaves it as it
    was, and nothing beside it.

    Raises:
        OSError: it cannot be written.
    """
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        # Temporary files are their owner's alone; ours are for every user of the computer.
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(draft)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is seen by others as it was before or as `data`, never half.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as stream:
        stream.write(data)


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error says that the disk, or the user's share of it, is full."""
    return isinstance(error, OSError) and error.errno in _FULL


def no_space(folder: Path, need: float) -> ModelError:
    """Return the error that says how many bytes a folder's disk must have free."""
    return ModelError("DISK_FULL", folder=str(folder), need_mb=round(need / 1e6))
