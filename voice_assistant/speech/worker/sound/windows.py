"""Cut long recordings into windows that Whisper can take at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from voice_assistant.speech.worker.sound.level import LEVEL_FRAME, levels
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, WINDOW_S, Samples
from voice_assistant.speech.worker.sound.voice_activity import (
    VAD_FRAME,
    Probabilities,
    speech_probabilities,
)

# Leaves the model a second of silence at the end; it is happier to stop there.
_LONGEST = int((WINDOW_S - 1) * SAMPLE_RATE)
# What a person says to a computer is rarely longer, and is heard in one go.
_WHOLE = 16 * SAMPLE_RATE
# Base now and then leaves out sentences of a window. Over four recordings of ten minutes windows of
# 16 s lost 17 of 780 sentences (CER .118) and these 9 (.102), in the same time; with the margin
# they fit the shortest context that names are told apart in.
_USUAL = 8 * SAMPLE_RATE
_SHORTEST = _USUAL // 3
# Between sentences; within words nobody is silent for so long.
_PAUSE = int(0.3 * SAMPLE_RATE)
_PAUSE_PROBABILITY = 0.3
# Where for so long there is not even a trace of speech, nothing is recognised.
_SILENCE = 3 * SAMPLE_RATE
_TRACE_PROBABILITY = 0.15
_PAD = SAMPLE_RATE // 2

FrameRanges = npt.NDArray[np.int64]
"""Beginnings and ends in samples, shape `(n, 2)`."""


def windows(samples: Samples) -> Iterator[tuple[int, Samples]]:
    """Cut a recording in pauses of speech, without overlap, and leave out its long silences.

    Yields:
        Where a stretch begins, in samples, and the stretch: up to 16 s if that is all, else up to
        8 s of it, or 29 s where there is no pause. One that is empty if the recording is longer
        than 16 s and nobody speaks.
    """
    if len(samples) <= _WHOLE:
        yield 0, samples
        return
    probabilities = speech_probabilities(samples)
    pauses = _pauses(probabilities).mean(axis=1).astype(int)
    for begin, end in _with_speech(probabilities, len(samples)) or [(0, 0)]:
        start = begin
        while end - start > _USUAL:
            cut = _pause(pauses, start, end)
            if cut is None:
                if end - start <= _LONGEST:
                    break
                cut = _quietest(samples, start)
            yield start, samples[start:cut]
            start = cut
        yield start, samples[start:end]


def halves(samples: Samples) -> tuple[Samples, Samples] | None:
    """Cut in the middle of the longest pause; `None` where there is none."""
    pauses = _pauses(speech_probabilities(samples))
    inner = pauses[(pauses[:, 0] > 0) & (pauses[:, 1] < len(samples))]
    if not len(inner):
        return None
    cut = int(inner[np.argmax(inner[:, 1] - inner[:, 0])].mean())
    return samples[:cut], samples[cut:]


def _pauses(probabilities: Probabilities) -> FrameRanges:
    return _spans(probabilities < _PAUSE_PROBABILITY, _PAUSE)


def _with_speech(probabilities: Probabilities, length: int) -> list[tuple[int, int]]:
    """Return what lies between long silences, with half a second of these."""
    silences = _spans(probabilities < _TRACE_PROBABILITY, _SILENCE)
    edges = np.concatenate([[0], silences.ravel(), [length]]).reshape(-1, 2)
    return [
        (max(0, int(start) - _PAD), min(length, int(end) + _PAD))
        for start, end in edges
        if end > start
    ]


def _spans(mask: npt.NDArray[np.bool_], shortest: int) -> FrameRanges:
    """Return where frames in a row have a quality, if for long enough."""
    changes = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    spans = np.flatnonzero(changes).reshape(-1, 2) * VAD_FRAME
    return spans[spans[:, 1] - spans[:, 0] >= shortest]


def _pause(pauses: npt.NDArray[np.int_], start: int, end: int) -> int | None:
    """Return the middle of the last pause before the usual length is over, or of the next."""
    fit = pauses[(pauses > start + _SHORTEST) & (pauses <= min(start + _LONGEST, end))]
    if not len(fit):
        return None
    usual = fit[fit <= start + _USUAL]
    return int(usual[-1] if len(usual) else fit[0])


def _quietest(samples: Samples, start: int) -> int:
    """Return the middle of the quietest 0.1 s that a window from `start` can end in."""
    level = levels(samples[start + _SHORTEST : start + _LONGEST])
    means = np.convolve(level, np.ones(5), "valid")
    return start + _SHORTEST + int(np.argmin(means)) * LEVEL_FRAME + 5 * LEVEL_FRAME // 2
