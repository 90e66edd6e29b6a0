"""Where in a recording there is sound, and whether what was recognised in it was said."""

from __future__ import annotations

import numpy as np

from voice_assistant.speech.engine import Hypothesis
from voice_assistant.speech.ghosts import GHOSTS
from voice_assistant.speech.level import FRAME, levels
from voice_assistant.speech.samples import SAMPLE_RATE, Samples

# Below this level even the loudest 20 ms are silence: a muted microphone, digital silence, dither.
# Speech recorded 42 dB too quiet lies above it, and is still recognised.
_SILENCE_DB = -70.0
# Quieter than the loudest frame by this much is a pause; an absolute limit cut quiet words short.
_BELOW_PEAK_DB = 35.0
# Soft beginnings and endings of words lie below the threshold.
_PAD_S = 0.3

# With the prompt of the commands in use, the no-speech probability was .47 or more on 19 sounds
# without speech (up to seven levels, 0.6 to 10 s), and .06 or less on 184 spoken clips, also 30 and
# 42 dB quieter; .36 or less in white noise 5 dB below them.
_NO_SPEECH_PROBABILITY = 0.4
# A bare greedy decode of noise scores -3…-7, speech that base can make out above -1.5.
_LEAST_LOG_PROBABILITY = -1.5


def trim(samples: Samples) -> tuple[Samples, float]:
    """Cut silence off both ends.

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


def is_ghost(hypothesis: Hypothesis, folded_text: str) -> bool:
    """Whether the recogniser wrote something where nobody spoke.

    Args:
        hypothesis: what it wrote.
        folded_text: its text without punctuation and spaces, in lower case.
    """
    return (
        not folded_text
        or hypothesis.no_speech_probability > _NO_SPEECH_PROBABILITY
        or hypothesis.average_log_probability < _LEAST_LOG_PROBABILITY
        or folded_text in GHOSTS
    )
