"""Checkpoints as openai-whisper has them, written without torch."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from voice_assistant.models.formats.mapped_arrays import Array
from voice_assistant.models.formats.weight_names import (
    ctranslate2_shapes,
    is_key_bias,
    openai_names,
)
from voice_assistant.models.model import Dimensions

TINY = Dimensions(80, 1500, 16, 1, 2, 51865, 448, 16, 1, 2)


@dataclass(frozen=True)
class Tensor:
    """One tensor, and in what it may differ from those that torch writes."""

    key: str
    array: Array
    kind: str = ""
    offset: int = 0
    strides: tuple[int, ...] | None = None
    shape: tuple[int, ...] | None = None
    function: str = "torch._utils _rebuild_tensor_v2"


def random_tensors(dimensions: Dimensions = TINY, seed: int = 1) -> dict[str, Array]:
    """Weights of no meaning, by openai-whisper's names, in float16."""
    generator = np.random.default_rng(seed)
    tensors = {}
    for variable, (rows, *rest) in ctranslate2_shapes(dimensions).items():
        names = openai_names(variable) or []
        for name in names:
            if not is_key_bias(name):
                shape = (rows // len(names), *rest)
                tensors[name] = (0.1 * generator.standard_normal(shape)).astype("<f2")
    return tensors


def write_checkpoint(
    path: Path,
    tensors: Mapping[str, Array],
    dimensions: Dimensions = TINY,
    folder: str = "archive",
    entries: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write a whole checkpoint; `entries` are written in place of, or besides, the usual ones."""
    listed = {name: Tensor(str(number), tensors[name]) for number, name in enumerate(tensors)}
    write_archive(path, pickled(asdict(dimensions), listed), listed, folder=folder, entries=entries)


def write_archive(
    path: Path,
    table: bytes,
    tensors: Mapping[str, Tensor],
    *,
    folder: str = "archive",
    compression: int = zipfile.ZIP_STORED,
    entries: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    content = {"data.pkl": table, "version": b"3\n", **entries}
    content |= {f"data/{each.key}": each.array.tobytes() for each in tensors.values()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in content.items():
            archive.writestr(f"{folder}/{name}", data)


def pickled(dimensions: Any, tensors: Mapping[str, Any]) -> bytes:
    """As torch pickles `{"dims": …, "model_state_dict": …}`, with a note pinned to the latter."""
    state = b"ccollections\nOrderedDict\n)R(" + _pairs(tensors) + b"u"
    note = b"}" + _value("_metadata") + b"ccollections\nOrderedDict\n)Rs"
    begin = b"\x80\x02}(" + _value("dims") + _value(dimensions) + _value("model_state_dict")
    return begin + state + note + b"bu."


def _pairs(values: Mapping[str, Any]) -> bytes:
    return b"".join(_value(name) + _value(value) for name, value in values.items())


def _value(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return b"X" + struct.pack("<I", len(value.encode())) + value.encode()
    if isinstance(value, int):
        return b"J" + struct.pack("<i", value)
    if isinstance(value, tuple):
        return b"(" + b"".join(map(_value, value)) + b"t"
    if isinstance(value, Mapping):
        return b"}(" + _pairs(value) + b"u"
    return _tensor(value)


def _tensor(tensor: Tensor) -> bytes:
    array = tensor.array
    kind = tensor.kind or {"<f2": "HalfStorage", "<f4": "FloatStorage"}[array.dtype.str]
    storage = ("storage", f"ctorch\n{kind}\n".encode(), tensor.key, "cpu", array.size)
    shape = array.shape if tensor.shape is None else tensor.shape
    strides = tensor.strides
    if strides is None:
        strides = tuple(stride // array.itemsize for stride in array.strides)
    rest = _value(shape) + _value(strides) + b"\x89" + b"ccollections\nOrderedDict\n)R"
    function = f"c{tensor.function.replace(' ', chr(10))}\n".encode()
    return function + b"(" + _value(storage) + b"Q" + _value(tensor.offset) + rest + b"tR"
