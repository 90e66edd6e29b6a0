"""Read and write the weights in a CTranslate2 `model.bin`, without CTranslate2.

The format is what `ctranslate2/specs/model_spec.py` writes, binary version 6, little-endian: the
version, the name and the revision of the specification; the number of variables and, of each, its
name, rank, dimensions, type, number of bytes and bytes; the number of aliases and, of each, its
name and what it is another name of. Strings have a length of two bytes and a final zero.
"""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from voice_assistant.models.formats.mapped_arrays import Array, Extent, MappedArrays, check_shape

_VERSION = 6
# By number. The sixth, bfloat16, is a type that numpy does not have.
_TYPES = tuple(np.dtype(name) for name in ("<f4", "<i1", "<i2", "<i4", "<f2"))


@dataclass(frozen=True, slots=True)
class CTranslate2File:
    """Hold what is in a file.

    Attributes:
        specification: for example `WhisperSpec`.
        revision: of the specification.
        variables: weights and settings by name; they are read from the file when they are used.
        aliases: other names of variables.
    """

    specification: str
    revision: int
    variables: Mapping[str, Array]
    aliases: Mapping[str, str]


def read(path: Path) -> CTranslate2File:
    """Open a `model.bin`.

    Raises:
        ValueError: it is no such file, of another version, cut off, or has a type that is not
            known here.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        reader = _Reader(path, stream)
        version = reader.number("I")
        if version != _VERSION:
            raise ValueError(f"{path} has binary version {version}, not {_VERSION}")
        specification, revision = reader.string(), reader.number("I")
        extents = {}
        for _ in range(reader.number("I")):
            name = reader.string()
            extents[name] = reader.extent(name)
        aliases = {}
        for _ in range(reader.number("I")):
            alias, name = reader.string(), reader.string()
            if name not in extents:
                raise ValueError(f"{path}: {alias} stands for {name}, which is not there")
            aliases[alias] = name
        reader.finish()
    return CTranslate2File(specification, revision, MappedArrays(path, extents), aliases)


def write(path: Path, file: CTranslate2File) -> None:
    """Write a `model.bin`, one variable after the other, and wait until it is on the disk.

    Raises:
        ValueError: a variable is of a type that the format does not have.
        OSError: it cannot be written.
    """
    with path.open("wb") as stream:
        _write(stream, "I", _VERSION)
        _write_string(stream, file.specification)
        _write(stream, "I", file.revision)
        _write(stream, "I", len(file.variables))
        for name, array in file.variables.items():
            if array.dtype not in _TYPES:
                raise ValueError(f"{name} is of type {array.dtype}")
            _write_string(stream, name)
            _write(stream, f"B{array.ndim}I", array.ndim, *array.shape)
            _write(stream, "BI", _TYPES.index(array.dtype), array.nbytes)
            stream.write(np.ascontiguousarray(array).data)
        _write(stream, "I", len(file.aliases))
        for alias, name in file.aliases.items():
            _write_string(stream, alias)
            _write_string(stream, name)
        stream.flush()
        os.fsync(stream.fileno())


def _write(stream: BinaryIO, form: str, *numbers: int) -> None:
    stream.write(struct.pack(f"<{form}", *numbers))


def _write_string(stream: BinaryIO, text: str) -> None:
    data = text.encode("utf-8") + b"\0"
    _write(stream, "H", len(data))
    stream.write(data)


class _Reader:
    """Go through a file from its beginning to its end, past the variables' bytes."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path, self._stream = path, stream
        self._size = os.fstat(stream.fileno()).st_size
        if not self._size:
            raise ValueError(f"{path} is empty")

    def _take(self, count: int) -> bytes:
        taken = self._stream.read(count)
        if len(taken) != count:
            raise ValueError(f"{self._path} is cut off")
        return taken

    def number(self, form: str) -> int:
        number: int = struct.unpack(f"<{form}", self._take(struct.calcsize(f"<{form}")))[0]
        return number

    def string(self) -> str:
        text = self._take(self.number("H"))
        if not text.endswith(b"\0"):
            raise ValueError(f"{self._path} is damaged: a name does not end")
        try:
            return text[:-1].decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{self._path} is damaged: a name is no text: {error}") from error

    def extent(self, name: str) -> Extent:
        rank = self.number("B")
        shape = tuple(self.number("I") for _ in range(rank))
        check_shape(f"{self._path}: {name}", shape, self._size)
        number = self.number("B")
        if number >= len(_TYPES):
            raise ValueError(f"{self._path}: {name} is of type {number}, which is not known here")
        kind = _TYPES[number]
        count = self.number("I")
        if count != math.prod(shape) * kind.itemsize:
            raise ValueError(f"{self._path}: {name} has {count} bytes and the shape {shape}")
        offset = self._stream.tell()
        if self._stream.seek(count, os.SEEK_CUR) > self._size:
            raise ValueError(f"{self._path} is cut off")
        return Extent(offset, kind, shape)

    def finish(self) -> None:
        if self._stream.tell() != self._size:
            raise ValueError(f"{self._path} goes on after its end")
