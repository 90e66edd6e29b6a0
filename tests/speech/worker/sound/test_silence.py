from __future__ import annotations

import numpy as np
import pytest

from tests.support.sounds import at_level, clip, in_noise, noise, short_clip, tone
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.silence import cut_silence, trim
from voice_assistant.speech.worker.whisper.engine import Decoding
from voice_assistant.speech.worker.whisper.ghosts import is_ghost


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def test_silence_at_both_ends_goes_but_for_a_margin() -> None:
    sound, start_s = cut_silence(np.concatenate([silence(2), tone(1), silence(3)]))
    assert len(sound) / SAMPLE_RATE == pytest.approx(1.6, abs=0.05)
    assert start_s == pytest.approx(1.7, abs=0.05)


def test_the_sound_is_where_it_is_said_to_be() -> None:
    recording = np.concatenate([silence(2), tone(1), silence(3)])
    sound, start_s = cut_silence(recording)
    start = round(start_s * SAMPLE_RATE)
    assert np.array_equal(recording[start : start + len(sound)], sound)


def test_pauses_stay() -> None:
    recording = np.concatenate([tone(1), silence(5), tone(1)])
    assert len(cut_silence(recording)[0]) == len(recording)


def test_sound_to_the_very_end_stays() -> None:
    recording = np.concatenate([silence(1), tone(1)[:-7]])
    sound, start_s = cut_silence(recording)
    assert round(start_s * SAMPLE_RATE) + len(sound) == len(recording)


@pytest.mark.parametrize("decibels", [0, -30, -42])
def test_soft_sounds_beside_loud_ones_stay_at_every_level(decibels: float) -> None:
    soft, loud = at_level(noise(0.5), -50), at_level(noise(0.5), -20)
    recording = np.concatenate([silence(1), soft, loud, soft, silence(1)])
    quieter = (recording * 10 ** (decibels / 20)).astype(np.float32)
    assert len(cut_silence(quieter)[0]) / SAMPLE_RATE == pytest.approx(2.1, abs=0.05)


def test_background_noise_is_a_pause() -> None:
    background = at_level(noise(3), -60)
    background[SAMPLE_RATE : 2 * SAMPLE_RATE] += tone(1)
    assert len(cut_silence(background)[0]) / SAMPLE_RATE == pytest.approx(1.6, abs=0.05)


@pytest.mark.parametrize(
    "recording",
    [silence(0), silence(0.01), silence(3), at_level(noise(3), -80), tone(0.015)],
    ids=["nothing", "almost nothing", "silence", "dither", "less than a frame"],
)
def test_no_sound(recording: Samples) -> None:
    for cut in (cut_silence, trim):
        sound, start_s, *_ = cut(recording)
        assert (len(sound), start_s) == (0, 0.0)


def test_speech_is_cut_out_as_any_sound(spoken: Samples) -> None:
    recording = np.concatenate([silence(2), spoken, silence(3)])
    sound, start_s, likelihood = trim(recording)
    expected, expected_start_s = cut_silence(recording)
    assert np.array_equal(sound, expected)
    assert start_s == expected_start_s > 1.7
    assert likelihood > 0.9


@pytest.mark.parametrize(
    "recording",
    [tone(3), at_level(noise(3), -12), at_level(noise(3, 2.0), -40)],
    ids=["a tone", "loud noise", "rumbling"],
)
def test_sound_without_speech_goes_unheard(recording: Samples) -> None:
    assert len(cut_silence(recording)[0])
    sound, start_s, likelihood = trim(recording)
    assert (len(sound), start_s) == (0, 0.0)
    assert likelihood < 0.4


@pytest.mark.parametrize("decibels", [0, -30, -40])
def test_a_syllable_is_kept_at_every_level(decibels: float) -> None:
    word = short_clip(decode(clip("zm_yunxi_000"), max_s=60)) * np.float32(10 ** (decibels / 20))
    sound, *_ = trim(word)
    assert len(sound) / SAMPLE_RATE > 0.9
    sound, *_ = trim(in_noise(word, 10))
    assert len(sound) == len(word)


def test_a_word_between_noises_is_kept(spoken: Samples) -> None:
    background = at_level(noise(12, 1.0), -45)
    background[5 * SAMPLE_RATE : 5 * SAMPLE_RATE + len(spoken)] += spoken
    assert len(trim(background)[0])


def said(log_probability: float = -0.3, no_speech: float = 0.01) -> Decoding:
    return Decoding("", log_probability, no_speech, capped=False)


def test_speech_is_no_ghost() -> None:
    assert not is_ghost(said(), "打开计算器", 0.5)
    assert not is_ghost(said(log_probability=-0.5, no_speech=0.85), "静音", 0.8)
    assert not is_ghost(said(log_probability=-2.8, no_speech=0.50), "你自己", 0.99)


def test_where_there_may_be_no_speech_words_must_be_likely() -> None:
    assert is_ghost(said(log_probability=-0.5, no_speech=0.45), "锁屏", 0.6)
    assert is_ghost(said(log_probability=-1.6), "你自己", 0.6)


@pytest.mark.parametrize(
    ("decoding", "text"),
    [
        (said(), ""),
        (said(), "谢谢观看"),
        (said(no_speech=0.95), "打开微信"),
    ],
    ids=["nothing", "a ghost", "no speech"],
)
def test_ghosts(decoding: Decoding, text: str) -> None:
    assert is_ghost(decoding, text, 1.0)
