"""Read the weights of a Whisper model, and bring them onto a card.

Tensor by tensor, each straight into its final type: no second copy of a model is ever made, on the
card or beside it, since files are mapped into memory and read as they are copied.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from voice_assistant.models.formats import ctranslate2_file
from voice_assistant.models.formats.weight_names import STACKS, is_key_bias, openai_names
from voice_assistant.models.model import Dimensions
from voice_assistant.speech.worker.whisper.torch.layers import Placement
from voice_assistant.speech.worker.whisper.torch.model import Whisper
from voice_assistant.speech.worker.whisper.torch.quantised import Int8Matrix

Tensors: TypeAlias = Iterable[tuple[str, Tensor]]
"""Weights by their names in openai-whisper's state dict."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Hold a model's shape and its weights, which can be gone through once."""

    dimensions: Dimensions
    tensors: Tensors


def load(weights: Weights, placement: Placement) -> Whisper:
    """Return a model that can be run.

    Args:
        weights: what to load.
        placement: where to and in which types.

    Raises:
        ValueError: a weight is missing, has another shape, or is not known.
    """
    model = Whisper(weights.dimensions, placement)
    places = _places(model)
    for name, tensor in weights.tensors:
        if name not in places:
            raise ValueError(f"no place for the weight {name}, or a second one of that name")
        places.pop(name).fill(name, tensor)
    if places:
        raise ValueError(f"weights are missing: {', '.join(sorted(places))}")
    return model.eval()


def read_openai(path: Path) -> Weights:
    """Read a checkpoint of openai-whisper.

    Raises:
        ValueError: it is no such checkpoint.
        OSError: it cannot be read.
    """
    try:
        # Nothing but tensors is unpickled: a checkpoint cannot run code.
        checkpoint = torch.load(path, map_location="cpu", mmap=True, weights_only=True)
        dimensions = Dimensions(**checkpoint["dims"])
        state: dict[str, Tensor] = checkpoint["model_state_dict"]
    except (pickle.UnpicklingError, RuntimeError, KeyError, TypeError, EOFError) as error:
        raise ValueError(f"{path} is no checkpoint of openai-whisper: {error}") from error
    return Weights(dimensions, state.items())


def read_ctranslate2(path: Path) -> Weights:
    """Read a CTranslate2 `model.bin` in float32 or float16.

    Raises:
        ValueError: it is no Whisper model, quantised, or damaged.
        OSError: it cannot be read.
    """
    file = ctranslate2_file.read(path)
    if (file.specification, file.revision) != ("WhisperSpec", 3):
        raise ValueError(f"{path} is a {file.specification} of revision {file.revision}")
    variables = file.variables
    try:
        embedding, positions = "embeddings/weight", "position_encodings/encodings"
        n_vocab, n_text_state = variables[f"decoder/{embedding}"].shape
        n_audio_ctx, n_audio_state = variables[f"encoder/{positions}"].shape
        dimensions = Dimensions(
            n_mels=variables["encoder/conv1/weight"].shape[1],
            n_audio_ctx=n_audio_ctx,
            n_audio_state=n_audio_state,
            n_audio_head=int(variables["encoder/num_heads"]),
            n_audio_layer=_layers("encoder", variables),
            n_vocab=n_vocab,
            n_text_ctx=len(variables[f"decoder/{positions}"]),
            n_text_state=n_text_state,
            n_text_head=int(variables["decoder/num_heads"]),
            n_text_layer=_layers("decoder", variables),
        )
    except KeyError as error:
        raise ValueError(f"{path} has no {error}") from error
    return Weights(dimensions, _converted(path, variables))


def random_weights(dimensions: Dimensions, seed: int, placement: Placement) -> Weights:
    """Make weights of no meaning, where and in the type they are held, to measure speed.

    Args:
        dimensions: the shape.
        seed: the same one gives the same weights on the same device.
        placement: where they are made and in which type.
    """

    def tensors() -> Iterator[tuple[str, Tensor]]:
        generator = torch.Generator(placement.device).manual_seed(seed)
        meta = Placement(torch.device("meta"), placement.held, placement.dtype)
        for name, place in _places(Whisper(dimensions, meta)).items():
            tensor = torch.empty(place.shape, dtype=placement.held, device=placement.device)
            if re.search(r"ln(_post)?\.weight$", name):
                yield name, tensor.fill_(1.0)
            else:
                yield name, tensor.normal_(0.0, 0.02, generator=generator)

    return Weights(dimensions, tensors())


@dataclass(frozen=True, slots=True)
class _Place:
    """Say where a weight belongs: rows of a parameter."""

    module: torch.nn.Module
    parameter: torch.nn.Parameter
    first_row: int
    shape: tuple[int, ...]

    def fill(self, name: str, tensor: Tensor) -> None:
        if tuple(tensor.shape) != self.shape:
            raise ValueError(f"{name} has the shape {tuple(tensor.shape)}, not {self.shape}")
        if not tensor.is_floating_point():
            raise ValueError(f"{name} is of type {tensor.dtype}")
        if isinstance(self.module, Int8Matrix) and self.parameter is self.module.weight:
            self.module.quantise(self.first_row, tensor)
        else:
            rows = slice(self.first_row, self.first_row + self.shape[0])
            self.parameter.data[rows].copy_(tensor)


def _places(model: Whisper) -> dict[str, _Place]:
    """Return every weight of openai-whisper's state dict, by its name there."""
    places = {}
    for path, module in model.named_modules():
        for field, parameter in module.named_parameters(recurse=False):
            if field == "scale":
                continue
            name = f"{path}.{field}"
            parts = next(
                (
                    [name.replace(stack, part) for part in parts]
                    for stack, parts in STACKS.items()
                    if f".{stack}." in name
                ),
                [name],
            )
            rows = len(parameter) // len(parts)
            for number, part in enumerate(parts):
                # Keys have no bias: it would change no score's rank. Ours stays zero.
                if not is_key_bias(part):
                    shape = (rows, *parameter.shape[1:])
                    places[part] = _Place(module, parameter, number * rows, shape)
    return places


def _converted(path: Path, variables: Any) -> Iterator[tuple[str, Tensor]]:
    for variable, array in variables.items():
        if array.dtype.kind != "f":
            if array.ndim > 1:
                raise ValueError(f"{path}: {variable} is quantised")
            continue
        # Nothing in the file is aligned, and torch takes no memory that is not.
        tensor = torch.from_numpy(np.require(array, requirements=["A", "W"]))
        names = openai_names(variable)
        if names is None:
            continue
        for name, part in zip(names, tensor.chunk(len(names)), strict=True):
            if not is_key_bias(name):
                yield name, part


def _layers(half: str, variables: Any) -> int:
    layers = {re.match(rf"{half}/(layer_\d+)/", name) for name in variables}
    return len({match[1] for match in layers if match})
