"""Make a Whisper model in CTranslate2's form from the weights in openai-whisper's.

`model.bin` is written straight from the checkpoint, one matrix after the other, and without
CTranslate2's own converter: that holds all stacked matrices in memory and needs torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from voice_assistant.models.formats import ctranslate2_file
from voice_assistant.models.formats.companions import N_VOCAB_CANTONESE, companions
from voice_assistant.models.formats.ctranslate2_file import CTranslate2File
from voice_assistant.models.formats.mapped_arrays import Array
from voice_assistant.models.formats.weight_names import (
    ctranslate2_shapes,
    is_key_bias,
    openai_names,
)
from voice_assistant.models.model import Dimensions, Model

SPECIFICATION, REVISION = "WhisperSpec", 3
"""What `ctranslate2/specs/whisper_spec.py` says of itself."""

_GELU = 3
_HALF = np.dtype("<f2")


def write(folder: Path, model: Model, tensors: Mapping[str, Array]) -> None:
    """Write `model.bin` in float16 and the files beside it.

    Args:
        folder: an empty one.
        model: whose weights they are.
        tensors: the weights by their names in openai-whisper's state dict.

    Raises:
        ValueError: a weight is missing, has another shape, is not known, or is too large for
            float16.
        ModelError: the package of base is missing or damaged.
        OSError: it cannot be written.
    """
    for name, data in companions(model).items():
        (folder / name).write_bytes(data)
    variables = _Variables(model.dimensions, tensors)
    aliases = {"decoder/projection/weight": "decoder/embeddings/weight"}
    file = CTranslate2File(SPECIFICATION, REVISION, variables, aliases)
    ctranslate2_file.write(folder / "model.bin", file)


def compare(folder: Path, tensors: Mapping[str, Array]) -> None:
    """Read `model.bin` back and compare every weight, bit by bit in float16.

    Args:
        folder: where it was written.
        tensors: what it was made from.

    Raises:
        ValueError: something is not the same.
        OSError: it cannot be read.
    """
    left = set(tensors)
    variables = ctranslate2_file.read(folder / "model.bin").variables
    for variable, array in variables.items():
        names = openai_names(variable)
        if names is None:
            continue
        for name, part in zip(names, np.split(array, len(names)), strict=True):
            if is_key_bias(name):
                same = not part.any()
            else:
                left.discard(name)
                same = name in tensors and np.array_equal(
                    _bits(part), _bits(tensors[name].astype(_HALF, copy=False))
                )
            if not same:
                raise ValueError(f"{variable} was not written as {name} is")
    if left:
        raise ValueError(f"weights were not written: {', '.join(sorted(left))}")


class _Variables(Mapping[str, Array]):
    """Hold what is in the file, each made when it is asked for."""

    def __init__(self, dimensions: Dimensions, tensors: Mapping[str, Array]) -> None:
        self._tensors = tensors
        self._shapes = ctranslate2_shapes(dimensions)
        self._settings = _settings(dimensions)
        wanted = {
            name
            for variable in self._shapes
            for name in openai_names(variable) or ()
            if not is_key_bias(name)
        }
        if missing := wanted - set(tensors):
            raise ValueError(f"weights are missing: {', '.join(sorted(missing))}")
        if unknown := set(tensors) - wanted:
            raise ValueError(f"weights are not known: {', '.join(sorted(unknown))}")

    def __getitem__(self, variable: str) -> Array:
        if variable in self._settings:
            return self._settings[variable]
        shape = self._shapes[variable]
        names = openai_names(variable) or []
        part = (shape[0] // len(names), *shape[1:])
        parts = [self._part(name, part) for name in names]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _part(self, name: str, shape: tuple[int, ...]) -> Array:
        if is_key_bias(name):
            return np.zeros(shape, _HALF)
        tensor = self._tensors[name]
        if tensor.shape != shape:
            raise ValueError(f"{name} has the shape {tensor.shape}, not {shape}")
        if tensor.dtype.kind != "f":
            raise ValueError(f"{name} is of type {tensor.dtype}")
        with np.errstate(over="ignore"):
            half = tensor.astype(_HALF, copy=False)
        if not np.isfinite(half).all():
            raise ValueError(f"{name} has numbers that float16 has not")
        return half

    def __iter__(self) -> Iterator[str]:
        # CTranslate2's converter sorts them: so the file is, byte for byte, what that makes.
        return iter(sorted([*self._shapes, *self._settings]))

    def __len__(self) -> int:
        return len(self._shapes) + len(self._settings)


def _settings(dimensions: Dimensions) -> dict[str, Array]:
    """Return what CTranslate2 wants to know besides the weights."""
    flags = {"alibi": 0, "pre_norm": 1, "scale_embeddings": 0, "start_from_zero_embedding": 0}
    if dimensions.n_vocab == N_VOCAB_CANTONESE:
        # The publishers of the older models had a CTranslate2 that did not write these.
        flags |= {"alibi_use_positive_positions": 0, "scale_alibi": 0}
    small = {f"decoder/{name}": value for name, value in (*flags.items(), ("activation", _GELU))}
    large = {
        "decoder/alignment_heads": 1,
        "decoder/alignment_layer": -1,
        "decoder/num_heads": dimensions.n_text_head,
        "encoder/num_heads": dimensions.n_audio_head,
    }
    return {
        **{name: np.array(value, "<i1") for name, value in small.items()},
        **{name: np.array(value, "<i2") for name, value in large.items()},
    }


def _bits(array: Array) -> Array:
    return np.ascontiguousarray(array).view(np.uint16)
