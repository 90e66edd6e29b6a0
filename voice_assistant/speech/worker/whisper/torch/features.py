"""Compute the log-mel spectrogram of `features` on torch, for a batch, where the model is."""

from __future__ import annotations

import torch
from torch import Tensor

from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE
from voice_assistant.speech.worker.whisper.features import FRAMES_PER_SECOND, mel_filters

_HOP = SAMPLE_RATE // FRAMES_PER_SECOND


class LogMel:
    """Compute log-mel spectrograms.

    Args:
        n_mels: 80, or 128 for the large-v3 family.
        device: where.
    """

    def __init__(self, n_mels: int, device: torch.device) -> None:
        self._filters = torch.from_numpy(mel_filters(n_mels)).to(device)
        self._n_fft = 2 * (self._filters.shape[1] - 1)
        self._window = torch.hann_window(self._n_fft, device=device)

    def __call__(self, samples: Tensor) -> Tensor:
        """Return shape `(batch, n_mels, n // 160)`, float32, about -1…1; see `features.log_mel`.

        Args:
            samples: shape `(batch, n)`, 16 kHz, float32, on the device.
        """
        spectrum = torch.stft(samples, self._n_fft, _HOP, window=self._window, return_complex=True)
        frames = samples.shape[1] // _HOP
        mel = self._filters @ spectrum[..., :frames].abs().square()
        log = mel.clamp(min=1e-10).log10()
        log = torch.maximum(log, log.amax(dim=(1, 2), keepdim=True) - 8.0)
        return (log + 4.0) / 4.0
