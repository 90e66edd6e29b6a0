"""Find where in a recording somebody speaks."""

from __future__ import annotations

import numpy as np

from voice_assistant.speech.worker.sound.level import LEVEL_FRAME, levels
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.voice_activity import speech_likelihood

# Below this level even the loudest 20 ms are silence: a muted microphone, digital silence, dither.
# Speech recorded 42 dB too quiet lies above it, and is still recognised.
_SILENCE_DB = -70.0
# Quieter than the loudest frame by this much is a pause; an absolute limit cut quiet words short.
_BELOW_PEAK_DB = 35.0
# Soft beginnings and endings of words lie below the threshold.
_PAD_S = 0.3

# Each of 368 clips of one or two syllables (0.4 to 0.8 s) had .51 or more, also 30 and 40 dB
# quieter and in noise 20 to 5 dB below them; 552 sounds without speech had .40 or less, and all but
# two of these, a flute with vibrato, less than .35.
_SPEECH_LIKELIHOOD = 0.45


def trim(samples: Samples) -> tuple[Samples, float, float]:
    """Cut silence off both ends, and everything where nobody speaks.

    Returns:
        The part to be recognised, shape `(n,)`, empty if there is none; where it begins, in
        seconds; and how likely it is that somebody speaks in it, 0…1.
    """
    sound, start_s = cut_silence(samples)
    likelihood = speech_likelihood(sound)
    if likelihood < _SPEECH_LIKELIHOOD:
        return samples[:0], 0.0, likelihood
    return sound, start_s, likelihood


def cut_silence(samples: Samples) -> tuple[Samples, float]:
    """Cut silence off both ends, whatever the sound between.

    Returns:
        The part with sound, shape `(n,)`, empty if there is none, and where it begins, in seconds.
    """
    level = levels(samples)
    peak = float(level.max(initial=-np.inf))
    if peak < _SILENCE_DB:
        return samples[:0], 0.0
    loud = np.flatnonzero(level > peak - _BELOW_PEAK_DB)
    pad = int(_PAD_S * SAMPLE_RATE)
    start = max(0, int(loud[0]) * LEVEL_FRAME - pad)
    end = min(len(samples), (int(loud[-1]) + 1) * LEVEL_FRAME + pad)
    return samples[start:end], start / SAMPLE_RATE
