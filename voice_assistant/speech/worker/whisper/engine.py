"""Define the seam between recognition and what runs the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from voice_assistant.speech.worker.sound.samples import Samples


@dataclass(frozen=True, slots=True)
class DecodingOptions:
    """Say how one utterance is to be written down.

    Attributes:
        language: an ISO 639-1 code.
        prompt: text that the speech is likely to resemble; may be empty.
        most_tokens: where to stop if no end of text comes; at most 224.
        timestamps: whether to say when each stretch was said.
        beam_size: hypotheses kept at each token; 1 is greedy.
    """

    language: str
    prompt: str
    most_tokens: int
    timestamps: bool = False
    beam_size: int = 1


@dataclass(frozen=True, slots=True)
class TimedText:
    """Hold a stretch of an utterance, in seconds from its beginning."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Decoding:
    """Hold what the model wrote for one utterance.

    Attributes:
        text: as the model wrote it, stripped.
        average_log_probability: the sum over its tokens and the end of text, by their number
            (openai-whisper's `avg_logprob`).
        no_speech_probability: that of `<|nospeech|>` at the start, 0…1.
        capped: whether it was stopped before an end of text.
        timed: when each part was said, if that was asked for.
    """

    text: str
    average_log_probability: float
    no_speech_probability: float
    capped: bool
    timed: tuple[TimedText, ...] = ()


Encoded: TypeAlias = Any
"""The encoder's output for one utterance, in an engine's own form."""


class Engine(Protocol):
    """Run a Whisper model; raise `MemoryError` when the card's share is used up.

    Attributes:
        lanes: batches that it runs at once, from as many threads, in less time than in turn.
    """

    name: str
    device: str
    compute_type: str
    lanes: int

    def encode(self, batch: Sequence[Samples]) -> list[Encoded]:
        """Run the encoder.

        Args:
            batch: utterances of one length, each of shape `(n,)`, at most 30 s and a multiple of
                20 ms; the encoder context is as long as they are.
        """
        ...

    def language_probabilities(self, encoded: Encoded) -> Mapping[str, float]:
        """Return how likely each language is, by its ISO 639-1 code."""
        ...

    def decode(
        self, batch: Sequence[Encoded], options: Sequence[DecodingOptions]
    ) -> list[Decoding]:
        """Write down utterances of one encoder context.

        Args:
            batch: what `encode` gave.
            options: for each of them.
        """
        ...

    def score(self, encoded: Encoded, language: str, texts: Sequence[str]) -> list[float]:
        """Return how well texts go with an utterance, from its beginning on and as far as they go.

        Returns:
            For each the mean log-probability of its tokens among those of text, without the end of
            text (openai-whisper, `timing.py`, which CTranslate2 follows).
        """
        ...
