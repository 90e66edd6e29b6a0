from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_assistant.speech.worker.sound.level import LEVEL_FRAME, levels
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.silence import cut_silence, trim

# Decibels, and frames of 20 ms.
STRETCHES = st.lists(
    st.tuples(st.sampled_from([-120, -75, -65, -50, -40, -30, -20, -3]), st.integers(0, 60)),
    max_size=6,
)


def recording(stretches: list[tuple[int, int]], rest: int, seed: int) -> Samples:
    hiss = np.random.default_rng(seed).uniform(-1, 1, 400 * LEVEL_FRAME)
    parts = [hiss[: count * LEVEL_FRAME] * 10 ** (level / 20) for level, count in stretches]
    return np.concatenate([*parts, hiss[:rest] * 1e-3]).astype(np.float32)


@given(STRETCHES, st.integers(0, LEVEL_FRAME - 1), st.integers(0, 9))
def test_only_silence_at_the_ends_is_cut(
    stretches: list[tuple[int, int]], rest: int, seed: int
) -> None:
    samples = recording(stretches, rest, seed)
    sound, start_s = cut_silence(samples)
    start = round(start_s * SAMPLE_RATE)
    assert np.array_equal(samples[start : start + len(sound)], sound)
    level = levels(samples)
    peak = level.max(initial=-200.0)
    if not len(sound):
        assert peak < -70
        return
    cut = np.concatenate([levels(samples[:start]), levels(samples[start + len(sound) :])])
    # Frames of what is cut need not be those of the whole.
    assert cut.max(initial=-200.0) <= peak - 32
    again, again_s = cut_silence(sound)
    assert (len(again), again_s) == (len(sound), 0.0)


@given(STRETCHES, st.integers(0, LEVEL_FRAME - 1), st.integers(0, 9))
def test_what_is_to_be_recognised_is_a_part_or_nothing(
    stretches: list[tuple[int, int]], rest: int, seed: int
) -> None:
    samples = recording(stretches, rest, seed)
    sound, start_s, likelihood = trim(samples)
    assert 0 <= likelihood <= 1
    expected, expected_s = cut_silence(samples) if len(sound) else (samples[:0], 0.0)
    assert np.array_equal(sound, expected)
    assert start_s == expected_s
