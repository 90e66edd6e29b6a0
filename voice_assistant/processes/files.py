"""Write files whole or not at all, read notes as JSON, and tell a full disk from other errors.

Standard library only: the launcher writes files before the environment exists.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
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

    Readers of `path` see what it was before or all that was written, even after a power cut; an
    error leaves it as it was, and nothing beside it.

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


def read_json(path: Path) -> object:
    """Return what a JSON file says.

    Raises:
        ValueError: it is no JSON, or more deeply nested than Python reads.
        OSError: it cannot be read.
    """
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError(str(error)) from error
    return found


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is seen by others as it was before or as `data`, never half.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as stream:
        stream.write(data)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Make a folder beside `path` that takes its place once it is complete.

    The files in it must be on the disk by then. An error leaves `path` as it was, and nothing
    beside it; a process that dies leaves a folder whose name begins with a dot and that of `path`.

    Raises:
        OSError: it cannot be made, or what was at `path` cannot be deleted.
    """
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield draft
        # Temporary folders are their owner's alone; ours are for every user of the computer.
        draft.chmod(0o755)
        # No system replaces a folder that is not empty.
        if path.exists():
            shutil.rmtree(path)
        os.replace(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error says that the disk, or the user's share of it, is full."""
    return isinstance(error, OSError) and error.errno in _FULL


def no_space(folder: Path, need: float) -> ModelError:
    """Return the error that says how many bytes a folder's disk must have free."""
    return ModelError("DISK_FULL", folder=str(folder), need_mb=round(need / 1e6))
