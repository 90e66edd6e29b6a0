from __future__ import annotations

from unittest import mock

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.speech.worker.sound import windows as module
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.voice_activity import VAD_FRAME, Probabilities
from voice_assistant.speech.worker.sound.windows import halves, windows

# How likely speech is, and for how many frames of 32 ms.
STRETCHES = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.1, 0.14, 0.16, 0.29, 0.31, 0.6, 1.0]),
        st.sampled_from([1, 5, 9, 10, 11, 40, 90, 94, 95, 260, 500, 1000]) | st.integers(1, 400),
    ),
    max_size=12,
)
TRACE, SILENCE_S, LONGEST_S, WHOLE_S = 0.15, 3, 29, 16


def recording(stretches: list[tuple[float, int]], rest: int) -> tuple[Samples, Probabilities]:
    """Noise, and how likely speech is to be taken for in each of its frames."""
    likely = np.array([each for each, count in stretches for _ in range(count)], np.float32)
    count = max(0, len(likely) * VAD_FRAME - rest)
    samples = np.random.default_rng(1).uniform(-1, 1, count).astype(np.float32)
    return samples, likely[: -(-count // VAD_FRAME)]


@given(STRETCHES, st.integers(0, VAD_FRAME - 1))
@example([(1.0, 1000), (0.1, 200), (1.0, 1000)], 0)
def test_windows_have_everything_once_and_in_order_but_long_silences(
    stretches: list[tuple[float, int]], rest: int
) -> None:
    samples, likely = recording(stretches, rest)
    with mock.patch.object(module, "speech_probabilities", return_value=likely):
        cut = list(windows(samples))
    spans = [(start, start + len(window)) for start, window in cut]
    for (start, end), (_, window) in zip(spans, cut, strict=True):
        assert np.shares_memory(window, samples) or start == end
        assert np.array_equal(window, samples[start:end])
    if len(samples) <= WHOLE_S * SAMPLE_RATE:
        assert spans == [(0, len(samples))]
        return
    assert all(end - start <= LONGEST_S * SAMPLE_RATE for start, end in spans)
    assert all(start < end for start, end in spans) or spans == [(0, 0)]
    edges = [0, *(edge for span in spans for edge in span), len(samples)]
    assert edges == sorted(edges)
    for left_out, until in zip(edges[::2], edges[1::2], strict=True):
        if left_out < until:
            first, after = left_out // VAD_FRAME, -(-until // VAD_FRAME)
            assert (likely[first:after] < TRACE).all()
            silence = long_silence_around(likely < TRACE, first)
            assert silence >= SILENCE_S * SAMPLE_RATE


def long_silence_around(quiet: np.ndarray[tuple[int], np.dtype[np.bool_]], frame: int) -> int:
    """The length, in samples, of the silence that a frame is in."""
    start, end = frame, frame
    while start and quiet[start - 1]:
        start -= 1
    while end < len(quiet) and quiet[end]:
        end += 1
    return (end - start) * VAD_FRAME


@given(STRETCHES, st.integers(0, VAD_FRAME - 1))
def test_halves_are_the_whole(stretches: list[tuple[float, int]], rest: int) -> None:
    samples, likely = recording(stretches, rest)
    with mock.patch.object(module, "speech_probabilities", return_value=likely):
        cut = halves(samples)
    if cut is not None:
        assert np.array_equal(np.concatenate(cut), samples)
        assert all(len(half) for half in cut)
