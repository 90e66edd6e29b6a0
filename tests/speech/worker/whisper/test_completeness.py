from __future__ import annotations

import numpy as np
import pytest

from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.completeness import is_complete


@pytest.fixture
def sentences(spoken: Samples) -> Samples:
    """Four sentences of 1.4 s, with pauses of 0.8 s: 8 s."""
    words = spoken[int(0.3 * SAMPLE_RATE) : int(1.7 * SAMPLE_RATE)]
    return np.tile(np.pad(words, (0, int(0.8 * SAMPLE_RATE))), 4)[: 8 * SAMPLE_RATE]


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("打开计算器今天天气怎么样打开计算器今天天气怎么样", True),
        ("打开计算器", False),
        ("whatistheweatherliketodayandwhatisthetime", True),
        ("whatistheweather", False),
    ],
)
def test_a_text_is_as_long_as_its_speech(sentences: Samples, text: str, complete: bool) -> None:
    assert is_complete(text, sentences) is complete


def test_silence_asks_for_no_text(sentences: Samples) -> None:
    one = np.pad(sentences[: int(1.4 * SAMPLE_RATE)], (0, 6 * SAMPLE_RATE))
    assert is_complete("打开计算器", one)


def test_a_command_may_be_said_slowly(sentences: Samples) -> None:
    assert is_complete("锁屏", sentences[: int(3.9 * SAMPLE_RATE)])
    assert not is_complete("锁屏", sentences[: int(4.1 * SAMPLE_RATE)])
