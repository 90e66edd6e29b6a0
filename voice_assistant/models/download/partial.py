"""Keep the bytes of a file that is being fetched, and a journal of which they are."""

from __future__ import annotations

import hashlib
import os
import struct
import threading
from pathlib import Path

import psutil

from voice_assistant.models.download.byte_ranges import ByteRanges
from voice_assistant.models.model import ModelFile
from voice_assistant.processes.files import write_whole

# Where a piece begins, and how long it is.
_RECORD = struct.Struct("<QQ")
# In place of a length: what the journal notes before that byte of it has reached the disk.
_ON_DISK = 2**64 - 1
_MAGIC = b"voice-assistant partial 1\n"
_BOOT = struct.Struct("<Q")
# The time of the start is computed anew, and the clock may have been set.
_SAME_BOOT_S = 10
# Bytes that are read at a time to be hashed.
_PIECE = 1 << 20


class PartialFile:
    """Keep bytes of a file in any order, so that they survive the end of the process at any moment.

    A piece is written first and then noted in the journal. After `kill -9` only pieces that were
    not noted are lost. After a power cut, which shows in the time of the computer's start, also
    those that were not known to be on the disk yet.

    Args:
        target: where the file will be; the bytes so far are kept beside it.
        file: what it will be.

    Raises:
        OSError: the folder cannot be written to.
    """

    def __init__(self, target: Path, file: ModelFile) -> None:
        self._data_path = target.with_name(f".{target.name}.partial")
        self._journal_path = target.with_name(f".{target.name}.journal")
        self._target = target
        self._size = file.size
        self._header = _MAGIC + bytes.fromhex(file.sha256)
        self._lock = threading.Lock()
        self._open()

    @property
    def done(self) -> int:
        """Return how many bytes are there."""
        with self._lock:
            return self._there.total

    def missing(self) -> list[tuple[int, int]]:
        """Return the ranges that are missing, ascending."""
        with self._lock:
            return list(self._there.missing(self._size))

    def write(self, offset: int, data: bytes | bytearray) -> None:
        """Keep a piece; what is there of it stays as it is, since it may be hashed already.

        Raises:
            OSError: the disk is full, for example.
        """
        with self._lock:
            for start, end in list(self._there.missing(offset + len(data), offset)):
                self._write(start, memoryview(data)[start - offset : end - offset])

    def hash_ahead(self, most: int) -> int:
        """Hash what is there without a gap, at most so many bytes, and return how many that were.

        Done while the rest comes, it leaves next to nothing for the end.
        """
        with self._lock:
            end = next(self._there.missing(self._size), (self._size, 0))[0]
        begin, end = self._hashed, min(end, self._hashed + most)
        if begin == end:
            return 0
        with self._data_path.open("rb", buffering=0) as stream:
            stream.seek(begin)
            while self._hashed < end:
                piece = stream.read(min(_PIECE, end - self._hashed))
                self._digest.update(piece)
                self._hashed += len(piece)
        return end - begin

    def settle(self) -> None:
        """Send all bytes to the disk, so that a power cut does not lose them.

        Raises:
            OSError: the disk is full, for example.
        """
        with self._lock:
            noted = self._journal.tell()
        os.fsync(self._data.fileno())
        with self._lock:
            self._journal.write(_RECORD.pack(noted, _ON_DISK))

    def sha256(self) -> str:
        """Return the SHA-256 of all bytes, in hexadecimal, once they are there."""
        self.hash_ahead(self._size)
        return self._digest.hexdigest()

    def finish(self) -> None:
        """Give the file its name, once all of it is there and verified."""
        self.settle()
        self.close()
        os.replace(self._data_path, self._target)
        self._journal_path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Forget all bytes: they are not those of the file."""
        self.close()
        self._delete()
        self._open()

    def close(self) -> None:
        """Close the files; the bytes stay."""
        self._data.close()
        self._journal.close()
        if not self._there.total:
            self._delete()

    def _write(self, offset: int, view: memoryview) -> None:
        self._data.seek(offset)
        # An unbuffered file may take less than it is given.
        written = 0
        while written < len(view):
            written += self._data.write(view[written:])
        self._journal.write(_RECORD.pack(offset, len(view)))
        self._there.add(offset, offset + len(view))

    def _delete(self) -> None:
        self._journal_path.unlink(missing_ok=True)
        self._data_path.unlink(missing_ok=True)

    def _open(self) -> None:
        self._there = ByteRanges()
        self._digest, self._hashed = hashlib.sha256(), 0
        # Not "a": on some systems that appends whatever the position.
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._data = os.fdopen(os.open(self._data_path, flags, 0o644), "r+b", buffering=0)
        length = os.fstat(self._data.fileno()).st_size
        for offset, count in self._read_journal():
            if offset + count <= min(length, self._size):
                self._there.add(offset, offset + count)
        os.fsync(self._data.fileno())
        self._begin_journal()

    def _begin_journal(self) -> None:
        boot = _BOOT.pack(int(psutil.boot_time()))
        spans = [_RECORD.pack(start, end - start) for start, end in self._there.ranges]
        noted = self._header + boot + b"".join(spans)
        write_whole(self._journal_path, noted + _RECORD.pack(len(noted), _ON_DISK))
        self._journal = self._journal_path.open("ab", buffering=0)

    def _read_journal(self) -> list[tuple[int, int]]:
        """Return the records that can be relied on; none if the journal is about another file."""
        try:
            noted = self._journal_path.read_bytes()
        except FileNotFoundError:
            return []
        first = len(self._header) + _BOOT.size
        if len(noted) < first or not noted.startswith(self._header):
            return []
        [boot] = _BOOT.unpack_from(noted, len(self._header))
        # The last record may be cut off.
        last = first + (len(noted) - first) // _RECORD.size * _RECORD.size
        records = list(_RECORD.iter_unpack(noted[first:last]))
        if abs(boot - psutil.boot_time()) > _SAME_BOOT_S:
            last = max((place for place, count in records if count == _ON_DISK), default=first)
            records = records[: max(0, last - first) // _RECORD.size]
        return [(place, count) for place, count in records if count != _ON_DISK]
