"""Describe what the speech process may run, and what it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voice_assistant.errors import ModelError
from voice_assistant.models.model import Model


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Describe what an engine is made from; crosses to the speech process.

    Attributes:
        engine: its name in `ENGINES`.
        model: which one, with all that is known of it.
        model_dir: where model files are kept.
        device: `cpu` or `cuda`.
        compute_type: `int8`, `float16` or `float32`.
        memory_fraction: share of the card that is not to be exceeded; not used on a CPU.
        threads: of one recognition; 0 chooses.
        max_audio_s: longest recording, in seconds.
        script: `simplified` or `traditional`, which Chinese is written in.
    """

    engine: str
    model: Model
    model_dir: Path
    device: str
    compute_type: str
    memory_fraction: float
    threads: int
    max_audio_s: float
    script: str = "simplified"

    def is_like(self, other: EngineConfig) -> bool:
        """Return whether it is the same, whatever others have left of the card's memory."""
        return replace(self, memory_fraction=other.memory_fraction) == other


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """Describe what is running, for `/health` and the log.

    Attributes:
        pid: of the speech process.
        load_s: seconds from nothing to warm.
        pass_s: seconds that a first recognition pass takes for a short command, once it is warm.
    """

    engine: str
    model: str
    device: str
    compute_type: str
    pid: int
    load_s: float
    pass_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """List what can be loaded.

    Attributes:
        configs: at least one, best first.
        refused: why there is nothing better, if there could be.
    """

    configs: Sequence[EngineConfig]
    refused: ModelError | None = None
