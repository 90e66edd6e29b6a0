"""The words of Whisper's vocabulary, which is the same for all of its multilingual models."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

from voice_assistant.errors import ModelError
from voice_assistant.models.known import MODELS


def find_vocabulary() -> Path:
    """The `tokenizer.json` of base, whose package is always installed.

    Raises:
        ModelError: the package is missing or damaged.
    """
    file = next(file for file in MODELS["base"].files if file.name == "tokenizer.json")
    (part,) = file.parts
    try:
        path = Path(str(files(part.package).joinpath(part.path)))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (ModuleNotFoundError, OSError) as error:
        raise ModelError("MODEL_MISSING", model="base") from error
    if digest != file.sha256:
        raise ModelError("MODEL_DAMAGED", file=str(path))
    return path
