"""Recognise utterances, at the price of the encoder context that they need."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from voice_assistant.speech.task import RecognitionOptions
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, WINDOW_S, Samples
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions, Encoded, Engine

# Whisper was trained on 30 s windows and always pays for them; it can encode less. Without a floor
# it runs away (docs/sources.md, "Shorter context"); 6 s are enough with the margin and retry below
# (benchmarks/spoken.py).
_FLOOR_S = 6.0
_MARGIN_S = 2.0
# Names are told apart better in a longer context, which is worth its time where one is in doubt.
_THOROUGH_FLOOR_S = 10.0

# Speech has at most about 8 tokens a second; a result that reaches the cap is a loop.
_TOKENS_PER_S = 8
_TOKENS_SPARE = 8
# Half of the decoder's 448 positions; the other half is for what was said before.
_MOST_TOKENS = 224
# With a time at either end of every stretch.
_TIMED_TOKENS_PER_S = 10

# openai-whisper's limits for "something is wrong here" are 2.4 and -1; loops of a few short words
# compress to less.
_MOST_COMPRESSION = 1.8
_LEAST_LOG_PROBABILITY = -1.0

_FULL_STOP = "。"
_ENDINGS = "。，？！.,?! "


@dataclass(slots=True)
class Utterance:
    """Hold sound that may be written down more than once.

    Attributes:
        samples: at most 30 s, shape `(n,)`.
        encoded: the encoder's outputs, by their context in seconds; kept, since writing it down
            again with another prompt then costs only the decoder.
    """

    samples: Samples
    encoded: dict[float, Encoded]

    @property
    def duration_s(self) -> float:
        """Return the length of the sound, in seconds."""
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Hold what was written, and the language that it was taken for."""

    decoding: Decoding
    language: str


class Recogniser:
    """Have an engine write utterances down, several at once where they are alike.

    Args:
        engine: what runs the model.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lanes = ThreadPoolExecutor(engine.lanes, "recognise")

    def recognise(
        self, utterances: Sequence[Utterance], options: Sequence[RecognitionOptions]
    ) -> list[Hypothesis]:
        """Write utterances down; what looks wrong, once more with all of Whisper's context.

        Args:
            utterances: any number, of any length up to 30 s.
            options: for each of them.
        """
        contexts = [
            _context_s(utterance, each) for utterance, each in zip(utterances, options, strict=True)
        ]
        found = self._attempt(utterances, options, contexts)
        again = [
            place
            for place, hypothesis in enumerate(found)
            if contexts[place] < WINDOW_S
            and not options[place].candidates
            and _looks_wrong(hypothesis.decoding)
        ]
        retried = self._attempt(
            [utterances[place] for place in again],
            [replace(options[place], prompt="") for place in again],
            [WINDOW_S] * len(again),
        )
        for place, hypothesis in zip(again, retried, strict=True):
            found[place] = hypothesis
        return found

    def recognise_silence(self) -> None:
        """Recognise 30 s of silence in every lane, for the memory that this takes."""
        silence = [np.zeros(int(WINDOW_S * SAMPLE_RATE), np.float32)]
        options = [DecodingOptions("zh", "", most_tokens=_TOKENS_SPARE)]

        def recognise_lane(places: list[int]) -> list[Decoding]:
            return self._engine.decode(self._engine.encode(silence), options)

        self._in_lanes(recognise_lane, list(range(self._engine.lanes)), lambda _: None)

    def _attempt(
        self,
        utterances: Sequence[Utterance],
        options: Sequence[RecognitionOptions],
        contexts: Sequence[float],
    ) -> list[Hypothesis]:
        def encode(places: list[int]) -> list[None]:
            context_s = contexts[places[0]]
            padded = [_padded(utterances[place].samples, context_s) for place in places]
            for place, encoded in zip(places, self._engine.encode(padded), strict=True):
                utterances[place].encoded[context_s] = encoded
            return [None] * len(places)

        def decode(places: list[int]) -> list[Hypothesis]:
            batch = [utterances[place].encoded[contexts[place]] for place in places]
            chosen = [
                self._decoding_options(utterances[place], options[place], encoded)
                for place, encoded in zip(places, batch, strict=True)
            ]
            candidates = options[places[0]].candidates
            if candidates:
                decodings = [
                    self._likeliest(encoded, each.language, candidates)
                    for encoded, each in zip(batch, chosen, strict=True)
                ]
            else:
                decodings = self._engine.decode(batch, chosen)
            return [
                Hypothesis(decoding, each.language)
                for decoding, each in zip(decodings, chosen, strict=True)
            ]

        new = [
            place
            for place, utterance in enumerate(utterances)
            if contexts[place] not in utterance.encoded
        ]
        self._in_lanes(encode, new, lambda place: contexts[place])
        found = self._in_lanes(
            decode, list(range(len(utterances))), lambda place: (contexts[place], options[place])
        )
        return [found[place] for place in range(len(utterances))]

    def _in_lanes(
        self, work: Callable[[list[int]], list[_Made]], places: list[int], alike: _Alike
    ) -> dict[int, _Made]:
        """Do what is alike together, and as many such batches at once as the engine can."""
        groups: defaultdict[Hashable, list[int]] = defaultdict(list)
        for place in places:
            groups[alike(place)].append(place)
        most = -(-len(places) // self._engine.lanes)
        batches = [
            group[start : start + most]
            for group in groups.values()
            for start in range(0, len(group), most)
        ]
        if len(batches) == 1:  # spares the way to another thread
            return dict(zip(batches[0], work(batches[0]), strict=True))
        made = self._lanes.map(work, batches)
        return {
            place: each
            for batch, results in zip(batches, made, strict=True)
            for place, each in zip(batch, results, strict=True)
        }

    def _likeliest(self, encoded: Encoded, language: str, texts: Sequence[str]) -> Decoding:
        # With a full stop, the beginning of what was said is not likelier than all of it.
        ended = [text.rstrip(_ENDINGS) + _FULL_STOP for text in texts]
        scores = self._engine.score(encoded, language, ended)
        best = int(np.argmax(scores))
        return Decoding(texts[best], scores[best], no_speech_probability=0.0, capped=False)

    def _decoding_options(
        self, utterance: Utterance, options: RecognitionOptions, encoded: Encoded
    ) -> DecodingOptions:
        language = options.languages[0] if len(options.languages) == 1 else ""
        if not language:
            likely = self._engine.language_probabilities(encoded)
            language = max(options.languages or likely, key=lambda code: likely.get(code, 0.0))
        pace = _TIMED_TOKENS_PER_S if options.timestamps else _TOKENS_PER_S
        return DecodingOptions(
            language=language,
            prompt=options.prompt,
            most_tokens=min(_MOST_TOKENS, int(_TOKENS_SPARE + pace * utterance.duration_s)),
            timestamps=options.timestamps,
        )


_Made = TypeVar("_Made")
_Alike = Callable[[int], Hashable]


def compression_ratio(text: str) -> float:
    """Return how much zlib shrinks a text; loops shrink a lot (openai-whisper, `utils.py`)."""
    data = text.encode("utf-8")
    return len(data) / len(zlib.compress(data)) if data else 0.0


def _looks_wrong(decoding: Decoding) -> bool:
    return (
        decoding.capped
        or decoding.average_log_probability < _LEAST_LOG_PROBABILITY
        or compression_ratio(decoding.text) > _MOST_COMPRESSION
    )


def _context_s(utterance: Utterance, options: RecognitionOptions) -> float:
    """Return the encoder context to use: whole seconds, so that utterances can go together."""
    floor_s = _THOROUGH_FLOOR_S if options.thorough else _FLOOR_S
    return min(WINDOW_S, float(np.ceil(max(floor_s, utterance.duration_s + _MARGIN_S))))


def _padded(samples: Samples, context_s: float) -> Samples:
    padded = np.zeros(int(context_s * SAMPLE_RATE), dtype=np.float32)
    padded[: len(samples)] = samples[: len(padded)]
    return padded
