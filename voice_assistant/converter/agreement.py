"""Compare what a checkpoint and its CTranslate2 form recognise.

Every weight was compared before; this compares what is made of them, by engines that have nothing
in common, on a recording of a command.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import psutil

from voice_assistant.models.model import Model
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE
from voice_assistant.speech.worker.whisper.engine import DecodingOptions, Encoded, Engine

# What a thorough pass over a command has; the packaged recording lasts 2 s.
_CONTEXT_S = 10
_OPTIONS = DecodingOptions("zh", "", 40)
# Of the encoder's output, as a share of its norm; float32's rounding makes 3e-6 of base's.
_MOST_DIFFERENCE = 1e-3
# Of the average over the text's tokens; rounding makes 1e-5 of base's.
_MOST_LOG_PROBABILITY = 1e-3


class _ComparableEngine(Engine, Protocol):
    def encoder_output(self, encoded: Encoded) -> npt.NDArray[np.float32]:
        """Return the encoder's output of one utterance, of shape `(context, n_state)`."""
        ...


def can_compare(model: Model) -> bool:
    """Return whether torch is installed, and memory to spare for both engines in turn."""
    try:
        import torch  # noqa: F401
    except (ImportError, OSError):
        return False
    return int(psutil.virtual_memory().available) > 2 * (model.weights_mib["float32"] << 20)


def compare_recognition(model: Model, checkpoint: Path, folder: Path) -> None:
    """Recognise a recording with a checkpoint, and with its CTranslate2 form.

    Args:
        model: which one it is.
        checkpoint: OpenAI's.
        folder: with what was made from it.

    Raises:
        ValueError: they do not recognise the same.
        ModelError: one of them cannot be loaded.
    """
    torch_states, torch_text, torch_score = _recognise(_torch_engine(model, checkpoint))
    states, text, score = _recognise(_ctranslate2_engine(model, folder))
    difference = float(np.linalg.norm(states - torch_states) / np.linalg.norm(torch_states))
    if not difference < _MOST_DIFFERENCE:
        raise ValueError(f"the encoder's output differs by {difference:.1e} of its norm")
    if text != torch_text or not abs(score - torch_score) < _MOST_LOG_PROBABILITY:
        raise ValueError(f"{text!r} ({score:.3f}) is not {torch_text!r} ({torch_score:.3f})")


def _recognise(engine: _ComparableEngine) -> tuple[npt.NDArray[np.float32], str, float]:
    clip = (files("voice_assistant.speech.worker") / "data" / "warm_up.flac").read_bytes()
    samples = np.zeros(_CONTEXT_S * SAMPLE_RATE, np.float32)
    heard = decode(clip, _CONTEXT_S)
    samples[: len(heard)] = heard
    (encoded,) = engine.encode([samples])
    (decoding,) = engine.decode([encoded], [_OPTIONS])
    return engine.encoder_output(encoded), decoding.text, decoding.average_log_probability


def _torch_engine(model: Model, checkpoint: Path) -> _ComparableEngine:
    from voice_assistant.speech.worker.whisper.torch.engine import TorchEngine
    from voice_assistant.speech.worker.whisper.torch.weights import read_openai

    # On a CPU, what is held in half precision is multiplied in float32.
    return TorchEngine(_config("torch", model, "float16"), read_openai(checkpoint))


def _ctranslate2_engine(model: Model, folder: Path) -> _ComparableEngine:
    from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine

    return CTranslate2Engine(_config("ctranslate2", model, "float32"), folder)


def _config(engine: str, model: Model, compute_type: str) -> EngineConfig:
    return EngineConfig(engine, model, Path(), "cpu", compute_type, 1.0, 1, _CONTEXT_S)
