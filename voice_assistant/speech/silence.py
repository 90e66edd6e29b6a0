"""Where in a recording somebody speaks, and whether what was recognised in it was said."""

from __future__ import annotations

import numpy as np

from voice_assistant.speech.engine import Decoding
from voice_assistant.speech.ghosts import GHOSTS
from voice_assistant.speech.level import FRAME, levels
from voice_assistant.speech.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.voice_activity import speech_likelihood

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
# One in a hundred of 496 such clips, a quarter of them in noise as loud as they, had less. Below
# it, what was written must be likely: the prompt makes 锁屏 of noise, with an average
# log-probability of -.5 and a no-speech probability of .45. These limits sort out all of 23 sounds
# without speech; they would cost 38 of the short words, which are unlikely even where they are
# clear (-2.8 and .50).
_CERTAIN_LIKELIHOOD = 0.7
_LEAST_LOG_PROBABILITY = -1.5
_MOST_NO_SPEECH = 0.4
# Of words that are certain; short ones had up to .84.
_MOST_NO_SPEECH_IF_CERTAIN = 0.9


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
    start = max(0, int(loud[0]) * FRAME - pad)
    end = min(len(samples), (int(loud[-1]) + 1) * FRAME + pad)
    return samples[start:end], start / SAMPLE_RATE


def is_ghost(decoding: Decoding, folded_text: str, likelihood: float) -> bool:
    """Whether the recogniser wrote something where nobody spoke.

    Args:
        decoding: what it wrote.
        folded_text: its text without punctuation and spaces, in lower case.
        likelihood: how likely it is that somebody spoke; see `trim`.
    """
    if not folded_text or folded_text in GHOSTS:
        return True
    if likelihood >= _CERTAIN_LIKELIHOOD:
        return decoding.no_speech_probability > _MOST_NO_SPEECH_IF_CERTAIN
    return (
        decoding.average_log_probability < _LEAST_LOG_PROBABILITY
        or decoding.no_speech_probability > _MOST_NO_SPEECH
    )
