from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.support.sounds import at_level, noise
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, WINDOW_S, Samples
from voice_assistant.speech.worker.sound.windows import halves, windows


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def hiss(seconds: float) -> Samples:
    """What a microphone hears where nobody speaks."""
    return at_level(noise(seconds), -60)


def joined(spoken: Samples, pauses_s: list[float], loudness: float = 1.0) -> Samples:
    """The sentence, 1.4 s, again and again, with these pauses between, and a quiet background."""
    words = spoken[int(0.3 * SAMPLE_RATE) : int(1.7 * SAMPLE_RATE)] * np.float32(loudness)
    parts = [part for pause_s in pauses_s for part in (words, silence(pause_s))]
    recording = np.concatenate([*parts, words])
    return recording + hiss(len(recording) / SAMPLE_RATE)[: len(recording)]


@pytest.mark.parametrize("seconds", [0.0, 0.01, 5.0, 16.0])
def test_a_short_recording_is_one(seconds: float) -> None:
    samples = at_level(noise(seconds), -20) if seconds else silence(0)
    [(start, window)] = windows(samples)
    assert start == 0
    assert window is samples


@pytest.mark.parametrize("count", [20, 37, 80])
def test_no_speech_is_lost_or_doubled(spoken: Samples, count: int) -> None:
    samples = joined(spoken, [0.6] * count)
    cut = list(windows(samples))
    assert np.array_equal(np.concatenate([window for _, window in cut]), samples)
    position = 0
    for start, window in cut:
        assert start == position
        assert 0 < len(window) <= (WINDOW_S - 1) * SAMPLE_RATE
        position += len(window)
    assert len(cut) == -(-len(samples) // (8 * SAMPLE_RATE))


@pytest.mark.parametrize("loudness", [1.0, 0.1])
def test_cuts_lie_in_the_last_pause_before_8_s(spoken: Samples, loudness: float) -> None:
    # Sentences begin every 2 s; the shallow pauses within them are shorter than 0.3 s.
    starts = [start / SAMPLE_RATE for start, _ in windows(joined(spoken, [0.6] * 40, loudness))]
    assert starts[0] == 0
    for start in starts[1:]:
        assert 1.4 < start % 2 < 2.0
    assert starts[1] == pytest.approx(7.7, abs=0.3)


@pytest.mark.parametrize("repeats", [16, 24])
def test_the_first_pause_will_do_where_it_comes_late(spoken: Samples, repeats: int) -> None:
    flow = np.tile(spoken[int(0.4 * SAMPLE_RATE) : int(1.5 * SAMPLE_RATE)], repeats)  # 17.6, 26.4 s
    samples = np.concatenate([flow, silence(0.6), spoken, silence(0.6), spoken])
    starts = [start / SAMPLE_RATE for start, _ in windows(samples)]
    assert starts == pytest.approx([0, repeats * 1.1 + 0.5], abs=0.4)


def test_up_to_29_s_stay_together_without_a_pause(spoken: Samples) -> None:
    flow = np.tile(spoken[int(0.4 * SAMPLE_RATE) : int(1.5 * SAMPLE_RATE)], 26)  # 28.6 s
    [(start, window)] = windows(flow)
    assert (start, len(window)) == (0, len(flow))


def test_a_noisy_pause_is_one_nonetheless(spoken: Samples) -> None:
    # A door falls shut in each pause: to the level it is as loud as a word.
    samples = joined(spoken, [0.6] * 20)
    door = at_level(noise(0.25), -15) * np.exp(-np.arange(4000) / 1000).astype(np.float32)
    for number in range(20):
        at = int((2 * number + 1.6) * SAMPLE_RATE)
        samples[at : at + len(door)] += door
    starts = [start / SAMPLE_RATE for start, _ in windows(samples)]
    assert len(starts) == 6
    for start in starts[1:]:
        assert 1.4 < start % 2 < 2.0


def test_speech_without_a_pause_is_cut_where_it_is_quietest(spoken: Samples) -> None:
    samples = np.tile(spoken[int(0.4 * SAMPLE_RATE) : int(1.5 * SAMPLE_RATE)], 36)
    samples[20 * SAMPLE_RATE : int(20.12 * SAMPLE_RATE)] *= 0.001
    starts = [start / SAMPLE_RATE for start, _ in windows(samples)]
    assert starts[1] == pytest.approx(20.06, abs=0.03)


@pytest.mark.parametrize("background", [silence, hiss])
def test_long_silences_are_left_out(
    spoken: Samples, background: Callable[[float], Samples]
) -> None:
    gap = background(60)
    samples = np.concatenate([gap, spoken, gap, spoken, spoken, gap])
    first, second = [(start, start + len(window)) for start, window in windows(samples)]
    said_at, said_until = int(0.45 * SAMPLE_RATE), int(1.5 * SAMPLE_RATE)  # within the clip
    begin, end = len(gap) + said_at, len(gap) + said_until
    assert begin - SAMPLE_RATE < first[0] < begin - SAMPLE_RATE // 4
    assert end + SAMPLE_RATE // 4 < first[1] < end + SAMPLE_RATE
    begin, end = 2 * len(gap) + len(spoken) + said_at, len(samples) - len(gap)
    assert begin - SAMPLE_RATE < second[0] < begin - SAMPLE_RATE // 4
    assert end < second[1] < end + SAMPLE_RATE


def test_nobody_speaks_for_long() -> None:
    [(start, window)] = windows(hiss(40))
    assert (start, len(window)) == (0, 0)


def test_halves_meet_in_the_longest_pause(spoken: Samples) -> None:
    samples = joined(spoken, [0.4, 0.9, 0.4])  # sentences begin at 0, 1.8, 4.1 and 5.9 s
    cut = halves(samples)
    assert cut is not None
    first, second = cut
    assert np.array_equal(np.concatenate([first, second]), samples)
    assert len(first) / SAMPLE_RATE == pytest.approx(3.65, abs=0.2)


def test_no_halves_without_a_pause(spoken: Samples) -> None:
    words = spoken[int(0.3 * SAMPLE_RATE) : int(1.7 * SAMPLE_RATE)]
    assert halves(np.concatenate([silence(1), words, silence(1)])) is None
