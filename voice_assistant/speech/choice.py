"""What the speech process may load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice_assistant.errors import ModelError
from voice_assistant.speech.engine import EngineConfig


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be loaded.

    Attributes:
        configs: at least one, best first.
        refused: why there is nothing better, if there could be.
    """

    configs: Sequence[EngineConfig]
    refused: ModelError | None = None
