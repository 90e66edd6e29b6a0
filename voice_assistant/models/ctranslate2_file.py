"""The weights in a CTranslate2 `model.bin`, without CTranslate2.

The format is what `ctranslate2/specs/model_spec.py` writes, binary version 6, little-endian: the
version, the name and the revision of the specification; the number of variables and, of each, its
name, rank, dimensions, type, number of bytes and bytes; the number of aliases and, of each, its
name and what it is another name of. Strings have a length of two bytes and a final zero.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]

_VERSION = 6
# By number. The sixth, bfloat16, is a type that numpy does not have.
_TYPES = tuple(np.dtype(name) for name in ("<f4", "<i1", "<i2", "<i4", "<f2"))
_MOST_DIMENSIONS = 4


@dataclass(frozen=True, slots=True)
class CTranslate2File:
    """What is in a file.

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
    if not path.stat().st_size:
        raise ValueError(f"{path} is empty")
    reader = _Reader(path)
    version = reader.number("I")
    if version != _VERSION:
        raise ValueError(f"{path} has binary version {version}, not {_VERSION}")
    specification, revision = reader.string(), reader.number("I")
    variables = {}
    for _ in range(reader.number("I")):
        name = reader.string()
        variables[name] = reader.variable(name)
    aliases = {}
    for _ in range(reader.number("I")):
        alias, name = reader.string(), reader.string()
        if name not in variables:
            raise ValueError(f"{path}: {alias} stands for {name}, which is not there")
        aliases[alias] = name
    reader.finish()
    return CTranslate2File(specification, revision, variables, aliases)


class _Reader:
    """Goes through a file from its beginning to its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Copy on write: torch refuses to share memory that cannot be written to.
        self._data = np.memmap(path, dtype=np.uint8, mode="c")
        self._offset = 0

    def take(self, count: int) -> npt.NDArray[np.uint8]:
        taken = self._data[self._offset : self._offset + count]
        if len(taken) != count:
            raise ValueError(f"{self._path} is cut off")
        self._offset += count
        return taken

    def number(self, form: str) -> int:
        number: int = struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")).data)[0]
        return number

    def string(self) -> str:
        text = self.take(self.number("H")).tobytes()
        if not text.endswith(b"\0"):
            raise ValueError(f"{self._path} is damaged: a name does not end")
        return text[:-1].decode("utf-8")

    def variable(self, name: str) -> Array:
        rank = self.number("B")
        if rank > _MOST_DIMENSIONS:
            raise ValueError(f"{self._path}: {name} has {rank} dimensions")
        shape = tuple(self.number("I") for _ in range(rank))
        number = self.number("B")
        if number >= len(_TYPES):
            raise ValueError(f"{self._path}: {name} is of type {number}, which is not known here")
        kind = _TYPES[number]
        count = self.number("I")
        if count != math.prod(shape) * kind.itemsize:
            raise ValueError(f"{self._path}: {name} has {count} bytes and the shape {shape}")
        # Nothing in the file is aligned; numpy copies, where that matters, on use.
        return self.take(count).view(kind).reshape(shape)

    def finish(self) -> None:
        if self._offset != len(self._data):
            raise ValueError(f"{self._path} goes on after its end")
