"""The words of Whisper's vocabulary, which is the same for all of its multilingual models."""

from __future__ import annotations

from pathlib import Path

from voice_assistant.models.package_file import find_package_file


def find_vocabulary() -> Path:
    """The `tokenizer.json` of base, whose package is always installed.

    Raises:
        ModelError: the package is missing or damaged.
    """
    return find_package_file("tokenizer.json")
