"""What Whisper writes where nobody speaks, from `data/ghosts.txt`."""

from __future__ import annotations

from importlib.resources import files

from voice_assistant.commands.templates import expand
from voice_assistant.speech.text import fold


def _read() -> frozenset[str]:
    text = (files("voice_assistant.speech") / "data" / "ghosts.txt").read_text(encoding="utf-8")
    templates = [line for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset(fold(phrase) for template in templates for phrase in expand(template))


GHOSTS = _read()
"""Whole texts, folded, that mean nobody spoke."""
