"""Run Whisper through torch, on graphics cards and in the same way on a CPU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch

from voice_assistant.errors import ModelError
from voice_assistant.models.on_disk import find_on_disk
from voice_assistant.models.store import verified_model, verify_checkpoint
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.samples import Samples
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.torch.beam import BeamSearch
from voice_assistant.speech.worker.whisper.torch.device import on_device, set_up
from voice_assistant.speech.worker.whisper.torch.encoding import Encoding
from voice_assistant.speech.worker.whisper.torch.graphs import Graphs
from voice_assistant.speech.worker.whisper.torch.layers import Placement
from voice_assistant.speech.worker.whisper.torch.search import Search
from voice_assistant.speech.worker.whisper.torch.state import Encoded, SearchResult
from voice_assistant.speech.worker.whisper.torch.weights import (
    Weights,
    load,
    read_ctranslate2,
    read_openai,
)
from voice_assistant.speech.worker.whisper.vocabulary import find_vocabulary

_HELD = {"float32": torch.float32, "float16": torch.float16, "int8": torch.float16}


_FRAME_S = 0.02
"""Length of a frame of the encoder's output, in seconds."""


class TorchEngine:
    """Run a Whisper model on a graphics card, or on the CPU.

    On a CPU, `float16` weights are held so and multiplied in float32, since CPUs are slow with
    half precision; on a card they are multiplied as they are.

    Args:
        config: which model, where it is, what it may use.
        weights: to be run instead of the model's own; for measuring.

    Raises:
        ModelError: the model is missing, damaged or cannot be loaded.
        MemoryError: it does not fit into the card's share.
    """

    name = "torch"
    lanes = 1

    @on_device
    def __init__(self, config: EngineConfig, weights: Weights | None = None) -> None:
        self.device = config.device
        self.compute_type = config.compute_type
        device = set_up(config)
        placement = placement_of(device, config.compute_type)
        try:
            model = load(weights or _weights(config), placement)
            self._tokenizer = Tokenizer(find_vocabulary(), model.dimensions.n_vocab)
        except (ValueError, OSError) as error:
            raise ModelError(
                "MODEL_LOAD_FAILED", model=config.model.name, detail=str(error)
            ) from error
        self._device = device
        graphs = Graphs(device)
        self._encoding = Encoding(model, graphs)
        self._search = Search(model, self._tokenizer, graphs)
        self._beam_search = BeamSearch(
            self._search, self._tokenizer.end_of_text, self._tokenizer.timestamp_begin
        )

    @on_device
    def encode(self, batch: Sequence[Samples]) -> list[Encoded]:
        """See `Engine.encode`."""
        samples = torch.from_numpy(np.stack(batch)).to(self._device)
        return [Encoded(states) for states in self._encoding.encode(samples)]

    def encoder_output(self, encoded: Encoded) -> npt.NDArray[np.float32]:
        """Return what the encoder made of an utterance, to be compared with another engine's."""
        return encoded.states.float().cpu().numpy()

    @on_device
    def language_probabilities(self, encoded: Encoded) -> Mapping[str, float]:
        """See `Engine.language_probabilities`."""
        tokens = self._tokenizer.language_tokens
        logits = self._search.language_logits(encoded)[list(tokens.values())]
        return dict(zip(tokens, logits.softmax(dim=0).tolist(), strict=True))

    @on_device
    def decode(
        self, batch: Sequence[Encoded], options: Sequence[DecodingOptions]
    ) -> list[Decoding]:
        """See `Engine.decode`."""
        alike: dict[tuple[bool, int, int], list[int]] = {}
        for number, option in enumerate(options):
            # Only a greedy search can stop its utterances one by one.
            most = option.most_tokens if option.beam_size > 1 else 0
            alike.setdefault((option.timestamps, option.beam_size, most), []).append(number)
        decodings: dict[int, Decoding] = {}
        for numbers in alike.values():
            part = [batch[number] for number in numbers]
            for number, decoding in zip(
                numbers, self._decode(part, [options[number] for number in numbers]), strict=True
            ):
                decodings[number] = decoding
        return [decodings[number] for number in range(len(batch))]

    @on_device
    def score(self, encoded: Encoded, language: str, texts: Sequence[str]) -> list[float]:
        """See `Engine.score`."""
        start = self._tokenizer.prompt_tokens(language, "", timestamps=False)
        return self._search.score(encoded, start, [self._tokenizer.encode(text) for text in texts])

    def _decode(
        self, batch: Sequence[Encoded], options: Sequence[DecodingOptions]
    ) -> list[Decoding]:
        """Write down utterances whose options differ in nothing but language, prompt and length."""
        timed, size = options[0].timestamps, options[0].beam_size
        prompts = [
            self._tokenizer.prompt_tokens(option.language, option.prompt, timed)
            for option in options
        ]
        most = [option.most_tokens for option in options]
        if size > 1:
            found = self._beam_search.run(batch, prompts, most[0], size, timed=timed)
        else:
            found = self._search.greedy(batch, prompts, most, timed=timed)
        duration_s = len(batch[0].states) * _FRAME_S
        return [self._decoding(hypothesis, duration_s) for hypothesis in found]

    def _decoding(self, hypothesis: SearchResult, duration_s: float) -> Decoding:
        text, timed = self._tokenizer.read(hypothesis.tokens, duration_s)
        return Decoding(
            text,
            hypothesis.log_probability / (len(hypothesis.tokens) + 1),
            hypothesis.no_speech_probability,
            hypothesis.capped,
            timed,
        )


def placement_of(device: torch.device, compute_type: str) -> Placement:
    """Return what a compute type means on a device.

    Raises:
        KeyError: there is no such compute type.
    """
    held = _HELD[compute_type]
    # CPUs multiply half precision several times slower than they convert it.
    dtype = held if device.type == "cuda" else torch.float32
    return Placement(device, held, dtype, int8=compute_type == "int8")


def _weights(config: EngineConfig) -> Weights:
    """Return the model's weights: OpenAI's checkpoint if it is there, else the CTranslate2 form.

    Raises:
        ModelError: the model is missing or damaged.
        ValueError: it is not what it should be.
        OSError: it cannot be read.
    """
    model = config.model
    here = find_on_disk(model, config.model_dir)
    if here.checkpoint is not None:
        try:
            verify_checkpoint(model, here.checkpoint.path)
        except ModelError:
            if not here.has_ctranslate2:
                raise
        else:
            return read_openai(here.checkpoint.path)
    return read_ctranslate2(verified_model(model, config.model_dir) / "model.bin")
