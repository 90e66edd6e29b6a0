"""The seam between the speech pipeline and what runs the model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the service imports this module, and stays without numpy
    from voice_assistant.speech.samples import Samples


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """What an engine is made from; crosses to the speech process.

    Attributes:
        engine: `ctranslate2` or `fake`.
        model: a name from `voice_assistant.models.known`.
        model_dir: where model files are kept.
        threads: of one recognition; 0 chooses.
        max_audio_s: longest recording, in seconds.
    """

    engine: str
    model: str
    model_dir: Path
    threads: int
    max_audio_s: float


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is running: for `/health` and the log."""

    engine: str
    model: str
    device: str
    compute_type: str
    pid: int
    load_s: float


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What the model wrote for one window; see `Segment` for the scores."""

    text: str
    language: str
    average_log_probability: float
    no_speech_probability: float


class Engine(Protocol):
    """Runs a Whisper model."""

    name: str
    device: str
    compute_type: str

    def recognise(self, samples: Samples, language: str | None, prompt: str) -> Hypothesis:
        """Write down what is said.

        Args:
            samples: at most `WINDOW_S` seconds.
            language: an ISO 639-1 code, or `None` to detect it.
            prompt: text that the speech is likely to resemble; may be empty.
        """
        ...
