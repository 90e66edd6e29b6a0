"""Find the words of Whisper's vocabulary, which all of its multilingual models share."""

from __future__ import annotations

from pathlib import Path

from voice_assistant.models.package_file import find_package_file


def find_vocabulary() -> Path:
    """Return the `tokenizer.json` of base, whose package is always installed.

    Raises:
        ModelError: the package is missing or damaged.
    """
    return find_package_file("tokenizer.json")
