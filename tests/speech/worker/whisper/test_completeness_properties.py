from __future__ import annotations

from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE
from voice_assistant.speech.worker.sound.voice_activity import VAD_FRAME
from voice_assistant.speech.worker.whisper import completeness
from voice_assistant.speech.worker.whisper.completeness import is_complete

SECONDS = st.floats(0, 30)
WORDS = st.text(st.sampled_from("打开微信abc"), max_size=120)


def complete(text: str, seconds: float, spoken: float) -> bool:
    """Whether a text is, in a recording of which a part is speech."""
    samples = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    count = -(-len(samples) // VAD_FRAME)
    likely = (np.arange(count) < spoken * count).astype(np.float32)
    with mock.patch.object(completeness, "speech_probabilities", return_value=likely):
        return is_complete(text, samples)


@given(WORDS, WORDS, SECONDS, st.floats(0, 1))
def test_more_text_is_never_less_complete(
    text: str, more: str, seconds: float, spoken: float
) -> None:
    assert complete(text, seconds, spoken) <= complete(text + more, seconds, spoken)


@given(WORDS, SECONDS, st.floats(0, 1), st.floats(0, 1))
def test_less_speech_never_asks_for_more_text(
    text: str, seconds: float, spoken: float, share: float
) -> None:
    assert complete(text, seconds, spoken) <= complete(text, seconds, share * spoken)


@given(WORDS, st.floats(0, 3.99), st.floats(0, 1))
def test_a_command_is_complete_whatever_was_written(
    text: str, seconds: float, spoken: float
) -> None:
    assert complete(text, seconds, spoken)


@given(st.floats(4.1, 30), st.floats(0.1, 1))
def test_nothing_is_complete_of_speech(seconds: float, spoken: float) -> None:
    assert not complete("", seconds, spoken)
