"""An engine for tests: says what it is told to, and can be slow."""

from __future__ import annotations

import os
import time

import numpy as np

from voice_assistant.speech.engine import EngineConfig, Hypothesis
from voice_assistant.speech.samples import Samples

_AUDIBLE = 1e-4


class FakeEngine:
    """Writes `VOICE_FAKE_TEXT` for any audible sound, after `VOICE_FAKE_DELAY_S` seconds."""

    name = "fake"
    device = "cpu"
    compute_type = "none"

    def __init__(self, config: EngineConfig) -> None:
        self._text = os.environ.get("VOICE_FAKE_TEXT", "打开计算器")
        self._delay_s = float(os.environ.get("VOICE_FAKE_DELAY_S", "0"))

    def recognise(self, samples: Samples, language: str | None, prompt: str) -> Hypothesis:
        """See `Engine.recognise`."""
        time.sleep(self._delay_s)
        audible = samples.size > 0 and float(np.abs(samples).max()) > _AUDIBLE
        return Hypothesis(self._text if audible else "", language or "zh", -0.1, 0.0)
