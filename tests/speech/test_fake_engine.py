from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.speech.sounds import tone
from voice_assistant.speech.engine import Engine, EngineConfig
from voice_assistant.speech.fake_engine import FakeEngine

CONFIG = EngineConfig("fake", "base", Path("unused"), 0, 60)


def test_it_says_what_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_TEXT", "打开微信")
    engine: Engine = FakeEngine(CONFIG)
    assert engine.recognise(tone(1), None, "").text == "打开微信"
    assert engine.recognise(tone(1), "en", "").language == "en"


def test_it_hears_silence() -> None:
    engine = FakeEngine(CONFIG)
    assert engine.recognise(np.zeros(16_000, np.float32), "zh", "").text == ""
    assert engine.recognise(np.zeros(0, np.float32), "zh", "").text == ""
