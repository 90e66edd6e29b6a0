from __future__ import annotations

import numpy as np
import pytest

from tests.support.sounds import tone
from tests.support.speech_process import config
from voice_assistant.speech.worker.whisper.engine import DecodingOptions, Engine
from voice_assistant.speech.worker.whisper.fake import FakeEngine

OPTIONS = DecodingOptions("zh", "", 24)


def test_it_says_what_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_TEXT", "打开微信")
    engine: Engine = FakeEngine(config())
    decodings = engine.decode(engine.encode([tone(1), tone(2)]), [OPTIONS] * 2)
    assert [decoding.text for decoding in decodings] == ["打开微信"] * 2
    assert not any(decoding.capped for decoding in decodings)


def test_it_hears_silence() -> None:
    engine = FakeEngine(config())
    sounds = [np.zeros(16_000, np.float32), tone(1), np.zeros(0, np.float32)]
    decodings = engine.decode(engine.encode(sounds), [OPTIONS] * 3)
    assert [decoding.text for decoding in decodings] == ["", "打开计算器", ""]


def test_everything_is_chinese_to_it() -> None:
    engine = FakeEngine(config())
    [encoded] = engine.encode([tone(1)])
    assert engine.language_probabilities(encoded) == {"zh": 1.0}
