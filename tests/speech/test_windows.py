from __future__ import annotations

import numpy as np
import pytest

from tests.speech.sounds import at_level, noise
from voice_assistant.speech.samples import SAMPLE_RATE, WINDOW_S, Samples
from voice_assistant.speech.windows import windows


def speech_with_pauses(seconds: float, *pauses_s: tuple[float, float]) -> Samples:
    samples = at_level(noise(seconds), -20)
    for start_s, end_s in pauses_s:
        samples[int(start_s * SAMPLE_RATE) : int(end_s * SAMPLE_RATE)] *= 0.01
    return samples


@pytest.mark.parametrize("seconds", [0.0, 0.01, 5.0, 29.0])
def test_a_short_recording_is_one(seconds: float) -> None:
    samples = speech_with_pauses(seconds) if seconds else np.zeros(0, np.float32)
    [(start, window)] = windows(samples)
    assert start == 0
    assert window is samples or np.array_equal(window, samples)


@pytest.mark.parametrize("seconds", [29.001, 30.0, 58.3, 171.7])
def test_no_sample_is_lost_or_doubled(seconds: float) -> None:
    samples = speech_with_pauses(seconds)
    cut = list(windows(samples))
    assert np.array_equal(np.concatenate([window for _, window in cut]), samples)
    position = 0
    for start, window in cut:
        assert start == position
        assert 0 < len(window) <= (WINDOW_S - 1) * SAMPLE_RATE
        position += len(window)


def test_cuts_lie_in_pauses() -> None:
    samples = speech_with_pauses(70, (5, 8), (22.0, 22.4), (45.1, 45.3))
    starts = [start / SAMPLE_RATE for start, _ in windows(samples)]
    assert starts[0] == 0
    assert 22.0 < starts[1] < 22.4
    assert 45.1 < starts[2] < 45.3
    assert len(starts) == 3


def test_the_quietest_pause_is_taken() -> None:
    samples = speech_with_pauses(40, (20, 20.5), (25, 25.5))
    samples[20 * SAMPLE_RATE : int(20.5 * SAMPLE_RATE)] *= 0.1
    assert 20.0 < [start / SAMPLE_RATE for start, _ in windows(samples)][1] < 20.5
