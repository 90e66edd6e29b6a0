"""Compute the log-mel spectrogram that Whisper was trained on.

The algorithm and its constants are those of openai-whisper's `whisper/audio.py` (25 ms Hann windows
every 10 ms, Slaney mel bands, the loudest 80 dB), in numpy.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples

_N_FFT = 400
_HOP = 160

FRAMES_PER_SECOND = SAMPLE_RATE // _HOP
"""Mel frames per second; the encoder halves them."""


def log_mel(samples: Samples, n_mels: int) -> npt.NDArray[np.float32]:
    """Return log-mel spectrogram of shape `(n_mels, len(samples) // 160)`, about -1…1.

    Args:
        samples: shape `(n,)`, 16 kHz.
        n_mels: 80, or 128 for the large-v3 family.
    """
    padded = np.pad(samples, _N_FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[::_HOP][:-1]
    spectrum = np.fft.rfft(frames * _hann(), axis=1).astype(np.complex64)
    power = np.abs(spectrum) ** 2
    mel = mel_filters(n_mels) @ power.T
    log = np.log10(np.maximum(mel, 1e-10))
    log = np.maximum(log, log.max() - 8.0)
    return np.ascontiguousarray((log + 4.0) / 4.0, dtype=np.float32)


@cache
def _hann() -> Samples:
    return np.hanning(_N_FFT + 1)[:-1].astype(np.float32)


@cache
def mel_filters(n_mels: int) -> npt.NDArray[np.float32]:
    """Return triangular filters of equal area on Slaney's mel scale, shape `(n_mels, 201)`."""
    edges = _mel_to_hz(np.linspace(0.0, _hz_to_mel(SAMPLE_RATE / 2), n_mels + 2))
    bins = np.fft.rfftfreq(_N_FFT, 1 / SAMPLE_RATE)
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - lower) / (centre - lower)
    falling = (upper - bins) / (upper - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    filters: npt.NDArray[np.float32] = (triangles * 2.0 / (upper - lower)).astype(np.float32)
    return filters


# Slaney's scale: linear (200/3 Hz a mel) up to 1 kHz, logarithmic above.
_HZ_PER_MEL = 200.0 / 3
_LOG_START_HZ = 1000.0
_LOG_START_MEL = _LOG_START_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    return float(_LOG_START_MEL + np.log(hz / _LOG_START_HZ) / _LOG_STEP)


def _mel_to_hz(mel: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(
        mel < _LOG_START_MEL,
        mel * _HZ_PER_MEL,
        _LOG_START_HZ * np.exp(_LOG_STEP * (mel - _LOG_START_MEL)),
    )
