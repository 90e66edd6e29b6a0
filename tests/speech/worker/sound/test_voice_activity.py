from __future__ import annotations

import time

import numpy as np
import pytest

from tests.support.sounds import at_level, clip, in_noise, noise, short_clip, sounds_without_speech
from voice_assistant.speech.worker.sound import voice_activity
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.voice_activity import (
    VAD_FRAME,
    speech_likelihood,
    speech_probabilities,
)

CLIPS = [
    "zf_xiaobei_030",
    "zf_xiaobei_032",
    "zf_xiaoyi_016",
    "zf_xiaoyi_031",
    "zm_yunjian_039",
    "zm_yunjian_040",
    "zm_yunxi_000",
    "zm_yunxi_025",
]


def test_the_network_is_that_of_silero(spoken: Samples) -> None:
    # silero_vad.onnx of silero-vad 6.2.3 in onnxruntime 1.32, every fourth of the first 52 frames.
    expected = [
        0.0831,
        0.011,
        0.0058,
        0.0043,
        0.1998,
        0.9798,
        0.9994,
        1.0,
        1.0,
        1.0,
        0.9999,
        1.0,
        0.9204,
    ]
    assert speech_probabilities(spoken)[:52:4] == pytest.approx(expected, abs=1e-4)


def test_blocks_leave_no_seam(spoken: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    loud = at_level(np.tile(spoken, 9).astype(np.float64), -20)  # 18.2 s; a block has 16.4
    blocks = speech_probabilities(loud)
    monkeypatch.setattr(voice_activity, "_BLOCK", 1000)
    assert blocks == pytest.approx(speech_probabilities(loud), abs=1e-5)
    assert len(blocks) == -(-len(loud) // VAD_FRAME) > 512


@pytest.mark.parametrize("count", [0, 1, 100, 511, 512, 513])
def test_any_length_will_do(count: int) -> None:
    samples = at_level(noise(1), -20)[:count]
    probabilities = speech_probabilities(samples)
    assert len(probabilities) == -(-count // VAD_FRAME)
    assert speech_likelihood(samples) < 0.4


@pytest.mark.parametrize("end", [False, True], ids=["beginning", "end"])
@pytest.mark.parametrize("name", CLIPS)
def test_one_or_two_syllables_are_speech(name: str, end: bool) -> None:
    short = short_clip(decode(clip(name), max_s=60), end=end)
    assert 0.4 <= len(short) / SAMPLE_RATE - 0.6 <= 0.85
    for decibels in (0, -30, -40):
        assert speech_likelihood(short * np.float32(10 ** (decibels / 20))) > 0.45, decibels
    for exponent in (0.0, 1.0, 2.0):
        for decibels in (20, 10, 5, 0):
            noisy = in_noise(short, decibels, exponent)
            assert speech_likelihood(noisy) > 0.45, (exponent, decibels)


@pytest.mark.parametrize("seconds", [0.5, 3.0, 10.0])
def test_nothing_else_is(seconds: float) -> None:
    # The level is looked at before, and sorts out the first two.
    sounds = dict(sounds_without_speech(seconds))
    assert [name for name, sound in sounds.items() if speech_likelihood(sound) > 0.4] == []


def test_it_takes_a_fraction_of_the_recognition(spoken: Samples) -> None:
    four_seconds = np.tile(spoken, 2)[: 4 * SAMPLE_RATE]
    taken = []
    for _ in range(7):
        began = time.process_time()
        speech_probabilities(four_seconds)
        taken.append(time.process_time() - began)
    assert min(taken) < 0.03  # 7 ms; one large product for all frames takes 60
