"""Write a checkpoint as openai-whisper has them, from weights that came in another form."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch

from voice_assistant.processes.files import replacing
from voice_assistant.speech.worker.whisper.torch.weights import Weights


def write_checkpoint(weights: Weights, path: Path) -> None:
    """Write weights in their own types; a file at `path` is replaced once all is written.

    Not one that counts as OpenAI's: it has another SHA-256.

    Args:
        weights: what to write; they are in memory at once.
        path: of the file.

    Raises:
        ValueError: they are no weights of a Whisper model.
        OSError: it cannot be written.
    """
    # torch saves memory that tensors share as a whole; each is to have its own, as OpenAI's do.
    state = {name: tensor.clone() for name, tensor in weights.tensors}
    with replacing(path) as stream:
        torch.save({"dims": asdict(weights.dimensions), "model_state_dict": state}, stream)
