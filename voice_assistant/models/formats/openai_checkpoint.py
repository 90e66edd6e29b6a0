"""Read a checkpoint of openai-whisper, without torch.

It is what `torch.save` writes since 1.6: a zip archive, nothing compressed, with a pickle
(`data.pkl`) of the names, types and shapes and one entry (`data/0`, `data/1`, …) for the numbers of
each tensor.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from voice_assistant.models.formats.mapped_arrays import Array, Extent, MappedArrays, check_shape
from voice_assistant.models.formats.tensor_pickle import Storage, StoredTensor, unpickle
from voice_assistant.models.model import Dimensions

_KINDS: dict[str, np.dtype[Any]] = {
    "HalfStorage": np.dtype("<f2"),
    "FloatStorage": np.dtype("<f4"),
}

# Of the pickle; large-v3's has some 200 kB.
_MOST_READ = 1 << 24

_LOCAL_HEADER = struct.Struct("<4s22xHH")

_BROKEN = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, struct.error),
    *(AttributeError, KeyError, TypeError, ValueError),
)


@dataclass(frozen=True, slots=True)
class OpenAICheckpoint:
    """Hold what is in a checkpoint.

    Attributes:
        dimensions: the shape of the model.
        tensors: the weights by their names in openai-whisper's state dict, in float16 or float32;
            they are read from the file when they are used.
    """

    dimensions: Dimensions
    tensors: Mapping[str, Array]


def read(path: Path) -> OpenAICheckpoint:
    """Open a checkpoint.

    Raises:
        ValueError: it is no such checkpoint, damaged, or wants more than to be read.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _Entries(path, archive)
            content = unpickle(entries.read("data.pkl"))
            dimensions = Dimensions(**content["dims"])
            if not _are_counts(tuple(content["dims"].values())):
                raise ValueError("its dimensions are no numbers")
            extents = {
                name: entries.extent(name, tensor)
                for name, tensor in content["model_state_dict"].items()
            }
    except _BROKEN as error:
        raise ValueError(f"{path} is no checkpoint of openai-whisper: {error}") from error
    return OpenAICheckpoint(dimensions, MappedArrays(path, extents))


class _Entries:
    """Find the entries of an archive, and where in the file they lie."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        # The folder around all of them has many names.
        tables = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(tables) != 1:
            raise ValueError(f"it has {len(tables)} entries data.pkl")
        self._folder = tables[0].removesuffix("data.pkl")
        # Files from before torch 2.1 do not say it.
        if f"{self._folder}byteorder" in archive.namelist() and self.read("byteorder") != b"little":
            raise ValueError("its numbers are not little-endian")

    def read(self, name: str) -> bytes:
        """Return the bytes of a small entry."""
        entry = self._find(name)
        if entry.file_size > _MOST_READ:
            raise ValueError(f"{entry.filename} has {entry.file_size} bytes")
        return self._archive.read(entry)

    def extent(self, name: Any, tensor: Any) -> Extent:
        """Return where a tensor lies in the file."""
        if not (
            isinstance(name, str)
            and isinstance(tensor, StoredTensor)
            and isinstance(tensor.storage, Storage)
        ):
            raise TypeError(f"{name} is no tensor")
        storage, offset, shape, strides = tensor
        kind = _KINDS.get(storage.kind)
        if kind is None:
            raise ValueError(f"{name} is of type {storage.kind}")
        entry = self._find(f"data/{storage.key}")
        if not _are_counts((offset, storage.length)) or not _are_counts(shape):
            raise ValueError(f"{name} has no proper shape")
        check_shape(name, shape, entry.file_size)
        if not _are_counts(strides) or not _is_row_by_row(shape, strides):
            raise ValueError(f"{name} is not stored row by row")
        needed = offset + math.prod(shape)
        if needed > storage.length or entry.file_size != storage.length * kind.itemsize:
            raise ValueError(f"{name} has {entry.file_size} bytes and the shape {shape}")
        return Extent(self._begin(entry) + offset * kind.itemsize, kind, shape)

    def _find(self, name: str) -> zipfile.ZipInfo:
        entry = self._archive.getinfo(f"{self._folder}{name}")
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise ValueError(f"{entry.filename} is compressed")
        if entry.header_offset < 0:
            raise ValueError(f"{entry.filename} is not where it should be")
        return entry

    def _begin(self, entry: zipfile.ZipInfo) -> int:
        """Return where an entry's bytes begin, behind its own header, which is padded."""
        with self._path.open("rb") as stream:
            stream.seek(entry.header_offset)
            head = stream.read(_LOCAL_HEADER.size)
            if len(head) != _LOCAL_HEADER.size or not head.startswith(b"PK\3\4"):
                raise ValueError(f"{entry.filename} is not where it should be")
            _, name_length, extra_length = _LOCAL_HEADER.unpack(head)
            begin: int = stream.tell() + name_length + extra_length
            if begin + entry.file_size > stream.seek(0, io.SEEK_END):
                raise ValueError(f"{entry.filename} is cut off")
        return begin


def _are_counts(numbers: Any) -> bool:
    return isinstance(numbers, tuple) and all(type(each) is int and each >= 0 for each in numbers)


def _is_row_by_row(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    wanted = [math.prod(shape[place + 1 :]) for place in range(len(shape))]
    return len(strides) == len(shape) and all(
        length <= 1 or stride == step
        for length, stride, step in zip(shape, strides, wanted, strict=True)
    )
