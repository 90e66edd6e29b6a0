"""Turn samples into the encoder's output on torch."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from voice_assistant.speech.worker.whisper.torch.features import LogMel
from voice_assistant.speech.worker.whisper.torch.graphs import Graphs
from voice_assistant.speech.worker.whisper.torch.model import Whisper

# What nearly all utterances are given, in seconds; other lengths are as right, with more launches.
_CAPTURED_S = (10, 15, 20, 30)
_MEL_FRAMES_PER_S = 100


class Encoding:
    """Encode, with captured launches for one utterance of a usual length.

    Args:
        model: whose encoder.
        graphs: captures it.
    """

    def __init__(self, model: Whisper, graphs: Graphs) -> None:
        self._encoder = model.encoder
        self._log_mel = LogMel(model.dimensions.n_mels, model.placement.device)
        self._graphs = graphs
        self._captured: dict[int, tuple[Tensor, Tensor, Callable[[], None]]] = {}

    def encode(self, samples: Tensor) -> Tensor:
        """Turn samples, `(batch, n)`, into states, `(batch, n / 320, n_audio_state)`.

        Args:
            samples: 16 kHz, float32, on the device; `n` is a multiple of 320.
        """
        mel = self._log_mel(samples)
        seconds, rest = divmod(mel.shape[2], _MEL_FRAMES_PER_S)
        if len(mel) == 1 and not rest and seconds in _CAPTURED_S:
            return self._replay(mel)
        states: Tensor = self._encoder(mel)
        return states

    def _replay(self, mel: Tensor) -> Tensor:
        frames = mel.shape[2]
        if frames not in self._captured:
            given = torch.empty_like(mel)
            states = given.new_empty(
                (1, frames // 2, self._encoder.ln_post.weight.shape[0]),
                dtype=self._encoder.ln_post.dtype,
            )

            def run() -> None:
                states.copy_(self._encoder(given))

            self._captured[frames] = (given, states, self._graphs.captured(run))
        given, states, run = self._captured[frames]
        given.copy_(mel)
        run()
        # The next one is put into the same place.
        return states.clone()
