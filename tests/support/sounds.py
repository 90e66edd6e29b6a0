"""Sounds to decode and to recognise: spoken clips, and many in which nobody speaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice_assistant.speech.worker.sound.level import LEVEL_FRAME, levels
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples

_CLIPS = Path(__file__).parent.parent / "clips"

SPOKEN = {
    "zm_yunxi_000": "打开计算器",
    "zf_xiaoyi_016": "打开百度",
    "zm_yunxi_025": "用百度搜索红烧肉的做法",
    "zf_xiaobei_030": "今天天气怎么样",
    "zf_xiaoyi_031": "现在几点了",
    "zf_xiaobei_032": "给我讲个笑话吧",
    "zm_yunjian_039": "怎么打开计算器",
    "zm_yunjian_040": "不要打开微信",
}
"""What is said in each clip, folded."""

Signal = npt.NDArray[np.float64]


def clip(name: str) -> bytes:
    """A spoken sentence, as a FLAC file."""
    return (_CLIPS / f"{name}.flac").read_bytes()


def at_level(signal: Signal, decibels: float) -> Samples:
    """The signal with this root mean square, relative to full scale."""
    level = np.sqrt(np.mean(np.square(signal)))
    scaled: Samples = np.clip(signal / level * 10 ** (decibels / 20), -1, 1).astype(np.float32)
    return scaled


def tone(seconds: float, hertz: float = 440.0) -> Samples:
    """A steady sine at -20 dB."""
    return at_level(np.sin(2 * np.pi * hertz * _time(seconds)), -20)


def noise(seconds: float, exponent: float = 0.0, seed: int = 1) -> Signal:
    """Noise whose power falls with frequency to the `exponent`: 0 white, 1 pink, 2 brown."""
    count = int(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    spectrum[hertz < 20] = 0
    spectrum[1:] /= hertz[1:] ** (exponent / 2)
    return np.fft.irfft(spectrum, count)


def sounds_without_speech(seconds: float = 3.0, seed: int = 0) -> Iterator[tuple[str, Samples]]:
    """Name and sound of each of 25; those that chance has a part in differ with the seed."""
    time = _time(seconds)
    yield "silence", np.zeros(len(time), np.float32)
    dither = np.random.default_rng(seed + 2).choice([-1.0, 0.0, 1.0], len(time))
    yield "dither", at_level(dither, -92)
    for name, exponent in (("white", 0.0), ("pink", 1.0), ("brown", 2.0)):
        for decibels in (-60, -50, -30, -12):
            hiss = noise(seconds, exponent, seed + 1)
            yield f"{name} noise {decibels} dB", at_level(hiss, decibels)
    hum = sum(
        (np.sin(2 * np.pi * 50 * part * time + part) / part for part in (1, 2, 3, 5)), time * 0
    )
    yield "mains hum", at_level(hum, -30)
    yield "tone", tone(seconds, 440.0 * 2 ** (seed / 4))
    yield "beeps", at_level(np.sin(2 * np.pi * 1000 * time) * (time % 0.5 < 0.2), -20)
    yield "clicks", at_level(_struck(seconds, every_s=0.37, decay_s=0.001, seed=seed), -30)
    yield "keyboard", at_level(_struck(seconds, every_s=0.17, decay_s=0.01, seed=seed), -30)
    yield "applause", at_level(_struck(seconds, every_s=0.015, decay_s=0.003, seed=seed), -18)
    breath = noise(seconds, 1.0, seed + 1) * np.maximum(0, np.sin(np.pi * time)) ** 2
    yield "breath", at_level(breath, -30)
    yield "wind", at_level(noise(seconds, 2.0, seed + 1) * (1 + 0.8 * np.sin(2 * time)), -25)
    yield "siren", at_level(np.sin(2 * np.pi * (600 * time + 80 * np.sin(3 * time))), -20)
    yield "music", at_level(_music(seconds, seed), -20)
    yield "flute", at_level(_flute(seconds, seed), -20)


def short_clip(samples: Samples, *, end: bool = False) -> Samples:
    """One or two syllables of a sentence, 0.4 to 0.8 s, between silences of 0.3 s.

    From where the sentence gets louder than 35 dB below its peak to the quietest 20 ms between
    0.4 and 0.8 s later, faded over 5 ms; with `end`, the same from behind.
    """
    forwards = samples[::-1] if end else samples
    level = levels(forwards)
    loud = np.flatnonzero(level > level.max() - 35)
    first, last = int(loud[0]), min(int(loud[-1]), int(loud[0]) + 40)
    cut = first + 20 + int(np.argmin(level[first + 20 : last + 1])) if last > first + 20 else last
    word = forwards[first * LEVEL_FRAME : (cut + 1) * LEVEL_FRAME].copy()
    fade = np.linspace(0, 1, SAMPLE_RATE // 200, dtype=np.float32)
    word[: len(fade)] *= fade
    word[-len(fade) :] *= fade[::-1]
    return np.pad(word[::-1] if end else word, int(0.3 * SAMPLE_RATE))


def in_noise(samples: Samples, decibels: float, exponent: float = 1.0) -> Samples:
    """Speech with noise this much quieter than it, both over the whole clip."""
    hiss = noise((len(samples) + 1) / SAMPLE_RATE, exponent, seed=5)[: len(samples)]
    spoken = samples[samples != 0]
    level = 10 * np.log10(np.mean(np.square(spoken, dtype=np.float64)))
    mixed: Samples = np.clip(samples + at_level(hiss, level - decibels), -1, 1)
    return mixed


def _time(seconds: float) -> Signal:
    return np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _struck(seconds: float, every_s: float, decay_s: float, seed: int) -> Signal:
    """Short bursts of noise, about `every_s`."""
    rng = np.random.default_rng(seed + 3)
    signal = np.zeros(int(seconds * SAMPLE_RATE))
    burst = np.exp(-np.arange(int(5 * decay_s * SAMPLE_RATE)) / (decay_s * SAMPLE_RATE))
    at = 0
    while at + len(burst) < len(signal):
        signal[at : at + len(burst)] += rng.standard_normal(len(burst)) * burst
        at += int(rng.uniform(0.5, 1.5) * every_s * SAMPLE_RATE)
    return signal


def _music(seconds: float, seed: int) -> Signal:
    """Plucked chords, two a second."""
    chords = ((262, 330, 392), (349, 440, 523), (392, 494, 587), (220, 262, 330))
    beat = _time(0.5)
    played = []
    for number in range(int(2 * seconds)):
        notes = [note * part for note in chords[(number + seed) % 4] for part in (1, 2, 3)]
        played.append(np.sum([np.sin(2 * np.pi * note * beat) for note in notes], axis=0))
    return np.concatenate([chord * np.exp(-3 * beat) for chord in played])


def _flute(seconds: float, seed: int) -> Signal:
    """A melody with vibrato and some breath, three notes a second."""
    time = _time(seconds)
    notes = np.random.default_rng(seed + 4).choice([523, 587, 659, 784, 880], int(3 * seconds) + 1)
    hertz = notes[(3 * time).astype(int)] * (1 + 0.01 * np.sin(2 * np.pi * 5 * time))
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    voice = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.1 * np.sin(3 * phase)
    struck = np.minimum(1, 30 * (3 * time % 1))
    return voice * struck + 0.02 * noise(seconds, 1.0, seed + 1)
