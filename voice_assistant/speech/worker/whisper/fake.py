"""Provide an engine for tests, which says what it is told to and can be slow."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence

import numpy as np

from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.samples import Samples
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions

_AUDIBLE = 1e-4


class FakeEngine:
    """Write `VOICE_FAKE_TEXT` for any audible sound, after `VOICE_FAKE_DELAY_S` seconds."""

    name = "fake"
    device = "cpu"
    compute_type = "none"
    lanes = 1

    def __init__(self, config: EngineConfig) -> None:
        self._text = os.environ.get("VOICE_FAKE_TEXT", "打开计算器")
        self._delay_s = float(os.environ.get("VOICE_FAKE_DELAY_S", "0"))

    def encode(self, batch: Sequence[Samples]) -> list[bool]:
        """Return for each utterance whether anything can be heard in it."""
        return [bool(np.abs(samples).max(initial=0.0) > _AUDIBLE) for samples in batch]

    def language_probabilities(self, encoded: bool) -> Mapping[str, float]:
        """Take everything for Chinese."""
        return {"zh": 1.0}

    def decode(self, batch: Sequence[bool], options: Sequence[DecodingOptions]) -> list[Decoding]:
        """See `Engine.decode`."""
        time.sleep(self._delay_s)
        return [
            Decoding(self._text if audible else "", -0.1, 0.0, capped=False) for audible in batch
        ]

    def score(self, encoded: bool, language: str, texts: Sequence[str]) -> list[float]:
        """Find the fake's own text likeliest."""
        return [0.0 if text == self._text else -1.0 for text in texts]
