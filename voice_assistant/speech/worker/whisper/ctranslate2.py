"""Run Whisper on the CPU, through CTranslate2."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
import psutil

from voice_assistant.errors import ModelError
from voice_assistant.models.store import verified_model
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.samples import Samples
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions
from voice_assistant.speech.worker.whisper.features import log_mel
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.vocabulary import find_vocabulary

Encoded = npt.NDArray[np.float32]
"""The encoder's output for one utterance, shape `(context, n_state)`."""

# Frames of 20 ms, each of two mel frames.
_FRAMES_PER_SECOND = 50
_MEL_FRAMES = 2
# Of a token that is impossible; its logarithm is finite.
_LEAST_PROBABILITY = 1e-10


class CTranslate2Engine:
    """Run Whisper's weights on the CPU.

    Args:
        config: which model, where it is, how many threads.
        folder: to be loaded as it is instead of the model's own; for measuring and comparing.

    Raises:
        ModelError: the model is missing, damaged or cannot be loaded.
    """

    name = "ctranslate2"
    device = "cpu"

    def __init__(self, config: EngineConfig, folder: Path | None = None) -> None:
        model = config.model
        if folder is None:
            folder = verified_model(model, config.model_dir)
        self.compute_type = config.compute_type
        self._n_mels = model.dimensions.n_mels
        _use_wide_registers()
        self._tokenizer = Tokenizer(find_vocabulary(), model.dimensions.n_vocab)
        threads, self.lanes = _share_cores(config.threads)
        self._model = _load(folder, model.name, config.compute_type, threads, self.lanes)

    def encode(self, batch: Sequence[Samples]) -> list[Encoded]:
        """See `Engine.encode`."""
        mels = np.stack([log_mel(samples, self._n_mels) for samples in batch])
        return list(np.asarray(self._model.encode(ctranslate2.StorageView.from_array(mels))))

    def encoder_output(self, encoded: Encoded) -> Encoded:
        """Return what the encoder made of an utterance, to be compared with another engine's."""
        return encoded

    def language_probabilities(self, encoded: Encoded) -> Mapping[str, float]:
        """See `Engine.language_probabilities`."""
        found = self._model.detect_language(_view([encoded]))[0]
        return {token.strip("<|>"): probability for token, probability in found}

    def decode(
        self, batch: Sequence[Encoded], options: Sequence[DecodingOptions]
    ) -> list[Decoding]:
        """See `Engine.decode`."""
        prompts = [
            self._tokenizer.prompt_tokens(each.language, each.prompt, each.timestamps)
            for each in options
        ]

        # CTranslate2 decodes prompts of one length together, and one kind of search.
        def kind(place: int) -> tuple[int, int, bool]:
            return len(prompts[place]), options[place].beam_size, options[place].timestamps

        found: dict[int, Decoding] = {}
        for _, group in groupby(sorted(range(len(batch)), key=kind), key=kind):
            places = list(group)
            found |= zip(
                places,
                self._generate(
                    [batch[place] for place in places],
                    [prompts[place] for place in places],
                    [options[place] for place in places],
                ),
                strict=True,
            )
        return [found[place] for place in range(len(batch))]

    def score(self, encoded: Encoded, language: str, texts: Sequence[str]) -> list[float]:
        """See `Engine.score`."""
        # It adds <|notimestamps|> itself.
        start = self._tokenizer.prompt_tokens(language, "", timestamps=True)
        return [self._score(encoded, start, self._tokenizer.encode(text)) for text in texts]

    def _score(self, encoded: Encoded, start: list[int], text: list[int]) -> float:
        """Score texts one at a time: together they take no less time, and 5 MB each."""
        [result] = self._model.align(
            _view([encoded]), start, [text], [_MEL_FRAMES * len(encoded)], median_filter_width=1
        )
        return float(np.log(np.maximum(result.text_token_probs, _LEAST_PROBABILITY)).mean())

    def _generate(
        self, batch: list[Encoded], prompts: list[list[int]], options: list[DecodingOptions]
    ) -> list[Decoding]:
        cap = max(each.most_tokens for each in options)
        results = self._model.generate(
            _view(batch),
            prompts,
            beam_size=options[0].beam_size,
            # At most min(max_length // 2, max_length - prompt + 1) tokens are written.
            max_length=max(2 * cap, len(prompts[0]) + cap),
            return_scores=True,
            return_no_speech_prob=True,
        )
        return [
            self._read(result, each.most_tokens, len(encoded) / _FRAMES_PER_SECOND)
            for result, each, encoded in zip(results, options, batch, strict=True)
        ]

    def _read(
        self, result: ctranslate2.models.WhisperGenerationResult, cap: int, duration_s: float
    ) -> Decoding:
        written = result.sequences_ids[0]
        capped = len(written) >= cap
        text, timed = self._tokenizer.read(written[:cap], duration_s)
        return Decoding(
            text=text,
            # The score is the mean over the written tokens, without the end.
            average_log_probability=result.scores[0] * len(written) / (len(written) + 1),
            no_speech_probability=result.no_speech_prob,
            capped=capped,
            timed=timed,
        )


def _view(batch: list[Encoded]) -> ctranslate2.StorageView:
    return ctranslate2.StorageView.from_array(np.stack(batch))


def _load(
    folder: Path, name: str, compute_type: str, threads: int, lanes: int
) -> ctranslate2.models.Whisper:
    try:
        return ctranslate2.models.Whisper(
            str(folder),
            device="cpu",
            compute_type=compute_type,
            intra_threads=threads,
            inter_threads=lanes,
        )
    except (RuntimeError, MemoryError, ValueError) as error:
        raise ModelError("MODEL_LOAD_FAILED", model=name, detail=str(error)) from error


def _use_wide_registers() -> None:
    """Have CTranslate2 use AVX-512, which it does only when asked.

    A tenth faster for base (encoder and 8 tokens, 57 turns of two processes on a shared Xeon).
    Processors older than Ice Lake lower their clock for it, which is why CTranslate2 does not.
    """
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    if "AVX512_ICL" in simd.get("found", []):  # numpy leaves out what is empty
        os.environ.setdefault("CT2_FORCE_CPU_ISA", "AVX512")


def _share_cores(threads: int) -> tuple[int, int]:
    """Return the threads of one recognition, and how many recognitions run at once.

    A short utterance gains next to nothing from a second thread on two cores, and with half of
    the cores two utterances run at once (`benchmarks/queue.py`).
    """
    cores = psutil.cpu_count(logical=False) or 1
    threads = threads or min(4, max(1, cores // 2))
    return threads, 2 if cores >= 2 * threads else 1
