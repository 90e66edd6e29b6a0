from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from tests.support.sounds import at_level, noise, tone
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.features import log_mel

Array = npt.NDArray[np.float64]


def slow_log_mel(samples: Samples, n_mels: int) -> Array:
    """The same by the textbook: every sum written out, in double precision."""
    window = [0.5 - 0.5 * math.cos(2 * math.pi * n / 400) for n in range(400)]
    transform = np.exp(-2j * np.pi * np.outer(np.arange(201), np.arange(400)) / 400)
    sound = [float(sample) for sample in samples]
    mirrored = [*sound[200:0:-1], *sound, *sound[-2:-202:-1]]
    columns = []
    for frame in range(len(sound) // 160):
        cut = [mirrored[frame * 160 + n] * window[n] for n in range(400)]
        power = np.abs(transform @ np.array(cut)) ** 2
        columns.append(slow_filters(n_mels) @ power)
    log: Array = np.log10(np.maximum(np.array(columns).T, 1e-10))
    return np.asarray((np.maximum(log, log.max() - 8) + 4) / 4)


def slow_filters(n_mels: int) -> Array:
    edges = [slaney_hz(slaney_mel(8000) * i / (n_mels + 1)) for i in range(n_mels + 2)]
    filters = np.zeros((n_mels, 201))
    for band in range(n_mels):
        low, middle, high = edges[band : band + 3]
        for bin_ in range(201):
            hertz = 40.0 * bin_
            if low < hertz <= middle:
                filters[band, bin_] = (hertz - low) / (middle - low) * 2 / (high - low)
            elif middle < hertz < high:
                filters[band, bin_] = (high - hertz) / (high - middle) * 2 / (high - low)
    return filters


def slaney_mel(hertz: float) -> float:
    return 3 * hertz / 200 if hertz < 1000 else 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def slaney_hz(mel: float) -> float:
    return 200 * mel / 3 if mel < 15 else 1000 * math.exp((mel - 15) * math.log(6.4) / 27)


@pytest.mark.parametrize("n_mels", [80, 128])
def test_the_textbook_agrees(n_mels: int) -> None:
    samples = at_level(noise(0.1) + np.sin(np.arange(1600) * 0.3), -15)
    assert log_mel(samples, n_mels) == pytest.approx(slow_log_mel(samples, n_mels), abs=1e-4)


def test_whisper_s_own_filter_bank() -> None:
    # The first numbers of `mel_80` in openai-whisper's `mel_filters.npz`.
    first, second = slow_filters(80)[:2]
    assert first[:3] == pytest.approx([0, 0.02486259, 0], abs=1e-7)
    assert second[1:4] == pytest.approx([0.00199082, 0.02287177, 0], abs=1e-7)


def test_one_frame_every_ten_milliseconds() -> None:
    mel = log_mel(tone(10), 80)
    assert mel.shape == (80, 1000)
    assert mel.dtype == np.float32
    assert mel.flags.c_contiguous


def test_lengths_that_are_no_whole_frames() -> None:
    assert log_mel(tone(1)[:-1], 80).shape == (80, 99)
    assert log_mel(np.pad(tone(1), (0, 159)), 80).shape == (80, 100)


@pytest.mark.parametrize("hertz", [200, 1000, 4000])
def test_a_tone_is_loudest_in_its_band(hertz: float) -> None:
    centres = [slaney_hz(slaney_mel(SAMPLE_RATE / 2) * i / 81) for i in range(1, 81)]
    nearest = int(np.argmin(np.abs(np.array(centres) - hertz)))
    loudest = log_mel(tone(1, hertz), 80)[:, 50].argmax()
    assert abs(int(loudest) - nearest) <= 1


def test_silence_is_flat() -> None:
    mel = log_mel(np.zeros(SAMPLE_RATE, np.float32), 80)
    assert mel == pytest.approx(-1.5)


def test_only_the_loudest_80_decibels_are_told_apart() -> None:
    samples = np.concatenate([tone(1), np.zeros(SAMPLE_RATE, np.float32)])
    mel = log_mel(samples, 80)
    assert mel.min() == pytest.approx(mel.max() - 2.0)
