"""The weights of the real model by their names in openai-whisper's state dict."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voice_assistant.models.formats import ctranslate2_file
from voice_assistant.models.formats.mapped_arrays import Array
from voice_assistant.models.formats.weight_names import is_key_bias, openai_names


def base_tensors(model_dir: Path) -> dict[str, Array]:
    """From the CTranslate2 form that is installed."""
    variables = ctranslate2_file.read(model_dir / "base" / "model.bin").variables
    tensors: dict[str, Array] = {}
    for variable, array in variables.items():
        if names := openai_names(variable):
            parts = zip(names, np.split(array, len(names)), strict=True)
            tensors |= {name: part for name, part in parts if not is_key_bias(name)}
    return tensors
