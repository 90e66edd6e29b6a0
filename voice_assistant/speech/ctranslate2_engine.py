"""Whisper on the CPU, through CTranslate2."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
import psutil

from voice_assistant.errors import ModelError
from voice_assistant.models.store import choose_model, install_model, verify_model
from voice_assistant.speech.engine import EngineConfig, Hypothesis
from voice_assistant.speech.features import log_mel
from voice_assistant.speech.samples import SAMPLE_RATE, WINDOW_S, Samples
from voice_assistant.speech.tokenizer import Tokenizer

# Whisper was trained on 30 s windows and always pays for them. CTranslate2 encodes less when given
# less; with a floor of 10 s and 2 s of margin no clip of 174 ran away, with less it does
# (benchmarks/spoken.py).
_CONTEXT_FLOOR_S = 10.0
_CONTEXT_MARGIN_S = 2.0

# Speech has at most about 8 tokens a second; a result that reaches the cap is a loop.
_TOKENS_PER_S = 8
_TOKENS_SPARE = 8
# Half of the decoder's 448 positions; the other half is for what was said before.
_MOST_TOKENS = 224

# openai-whisper's limits for "something is wrong here" are 2.4 and -1; loops of a few short words
# compress to less.
_MOST_COMPRESSION = 1.8
_LEAST_LOG_PROBABILITY = -1.0

# Whisper keeps 224 tokens for the text before.
_PROMPT_TOKENS = 200


class CTranslate2Engine:
    """Whisper weights held as int8 on the CPU.

    Args:
        config: which model, where it is, how many threads.

    Raises:
        ModelError: the model is missing, damaged or cannot be loaded.
    """

    name = "ctranslate2"
    device = "cpu"
    compute_type = "int8"

    def __init__(self, config: EngineConfig) -> None:
        model = choose_model(config.model, [])
        folder = install_model(model, config.model_dir)
        verify_model(model, folder)
        self._n_mels = model.n_mels
        self._tokenizer = Tokenizer(folder / "tokenizer.json")
        self._heard: tuple[Samples, ctranslate2.StorageView] | None = None
        self._model = _load(folder, model.name, config.threads or _default_threads())

    def recognise(self, samples: Samples, language: str | None, prompt: str) -> Hypothesis:
        """See `Engine.recognise`."""
        duration_s = len(samples) / SAMPLE_RATE
        context_s = max(_CONTEXT_FLOOR_S, duration_s + _CONTEXT_MARGIN_S)
        if context_s < WINDOW_S:
            attempt = self._attempt(samples, context_s, language, prompt)
            if not attempt.looks_wrong:
                return attempt.hypothesis
        return self._attempt(samples, WINDOW_S, language, prompt="").hypothesis

    def _attempt(
        self, samples: Samples, context_s: float, language: str | None, prompt: str
    ) -> _Attempt:
        encoded = self._encode(samples, context_s)
        if language is None:
            language = self._model.detect_language(encoded)[0][0][0].strip("<|>")

        tokens = self._prompt_tokens(language, prompt)
        duration_s = len(samples) / SAMPLE_RATE
        cap = min(_MOST_TOKENS, int(_TOKENS_SPARE + _TOKENS_PER_S * duration_s))
        # CTranslate2 writes at most min(max_length // 2, max_length - prompt + 1) tokens.
        max_length = max(2 * cap, len(tokens) + cap)
        result = self._model.generate(
            encoded,
            [tokens],
            beam_size=1,
            max_length=max_length,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        written = result.sequences_ids[0]
        return _Attempt(
            Hypothesis(
                text=self._tokenizer.decode(written).strip(),
                language=language,
                # The score is the mean over the written tokens; openai-whisper's counts the end
                # too.
                average_log_probability=result.scores[0] * len(written) / (len(written) + 1),
                no_speech_probability=result.no_speech_prob,
            ),
            capped=len(written) >= cap,
        )

    def _encode(self, samples: Samples, context_s: float) -> ctranslate2.StorageView:
        """The encoder's output, shape `(1, context, n_state)`.

        Kept until something else is heard: hearing the same again with another prompt then costs
        only the decoder.
        """
        length = int(min(context_s, WINDOW_S) * SAMPLE_RATE)
        padded = np.zeros(length, dtype=np.float32)
        padded[: len(samples)] = samples[:length]
        if self._heard is None or not np.array_equal(self._heard[0], padded):
            mel = ctranslate2.StorageView.from_array(log_mel(padded, self._n_mels)[None])
            self._heard = (padded, self._model.encode(mel))
        return self._heard[1]

    def _prompt_tokens(self, language: str, prompt: str) -> list[int]:
        special = self._tokenizer.special
        before: list[int] = []
        if prompt:
            words = self._tokenizer.encode(" " + prompt)[:_PROMPT_TOKENS]
            before = [special("startofprev"), *words]
        start = [special("startoftranscript"), special(language), special("transcribe")]
        return [*before, *start, special("notimestamps")]


@dataclass(frozen=True, slots=True)
class _Attempt:
    hypothesis: Hypothesis
    capped: bool

    @property
    def looks_wrong(self) -> bool:
        return (
            self.capped
            or self.hypothesis.average_log_probability < _LEAST_LOG_PROBABILITY
            or compression_ratio(self.hypothesis.text) > _MOST_COMPRESSION
        )


def compression_ratio(text: str) -> float:
    """How much zlib shrinks a text; loops shrink a lot (openai-whisper, `utils.py`)."""
    data = text.encode("utf-8")
    return len(data) / len(zlib.compress(data)) if data else 0.0


def _load(folder: Path, name: str, threads: int) -> ctranslate2.models.Whisper:
    try:
        return ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=threads
        )
    except (RuntimeError, MemoryError, ValueError) as error:
        raise ModelError("MODEL_LOAD_FAILED", model=name, detail=str(error)) from error


def _default_threads() -> int:
    """Physical cores, at most four: more gain nothing on base."""
    return min(psutil.cpu_count(logical=False) or 1, 4)
