"""Run our engine as `benchmarks.gpu` measures it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from voice_assistant.models.known import built_in
from voice_assistant.models.model import Dimensions
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.engine import DecodingOptions
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.torch.engine import TorchEngine, placement_of
from voice_assistant.speech.worker.whisper.torch.weights import (
    Weights,
    random_weights,
    read_ctranslate2,
)

SHAPES = {
    "turbo": Dimensions(128, 1500, 1280, 20, 32, 51866, 448, 1280, 20, 4),
    "tiny": Dimensions(80, 1500, 384, 6, 4, 51865, 448, 384, 6, 4),
}
TOKENS = 12
"""How many are forced on every engine."""


def weights(model: str, folder: Path, device: str) -> Weights:
    """Return base's weights, or random ones of a shape."""
    if model == "base":
        return read_ctranslate2(folder / "base" / "model.bin")
    return random_weights(SHAPES[model], 1, placement_of(torch.device(device), "float16"))


def engine(
    model: str, folder: Path, device: str, compute_type: str, fraction: float = 0.9
) -> TorchEngine:
    """Return the engine that is measured."""
    config = EngineConfig(
        "torch", built_in()["base"], folder, device, compute_type, fraction, 0, 60
    )
    return TorchEngine(config, weights(model, folder, device))


def noise(seconds: float, context_s: float) -> Samples:
    """Make a sound to recognise: zeros could be faster."""
    samples = np.zeros(round(context_s * SAMPLE_RATE), np.float32)
    count = round(seconds * SAMPLE_RATE)
    samples[:count] = 0.1 * np.random.default_rng(1).standard_normal(count)
    return samples


def ours(made: TorchEngine, context_s: float) -> Callable[[Samples], int]:
    """Return our engine as one of several."""
    options = [DecodingOptions("zh", "", TOKENS)]

    def run(samples: Samples) -> int:
        padded = np.zeros(round(context_s * SAMPLE_RATE), np.float32)
        padded[: len(samples)] = samples
        (decoding,) = made.decode(made.encode([padded]), options)
        return TOKENS if decoding.capped else -1

    return run


def force_tokens() -> None:
    """Keep our engine from ending before it is told to."""
    plain = vars(Tokenizer)["suppressed_tokens"].func

    def suppressed(tokenizer: Tokenizer) -> tuple[int, ...]:
        return (*plain(tokenizer), tokenizer.end_of_text)

    Tokenizer.suppressed_tokens = property(suppressed)  # type: ignore[assignment]
