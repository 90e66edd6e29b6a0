"""Where in a recording there is sound, and what the recogniser writes when nobody speaks."""

from __future__ import annotations

import numpy as np

from voice_assistant.speech.engine import SAMPLE_RATE, Hypothesis, Samples

_FRAME = SAMPLE_RATE // 50

# Below this level even the loudest 20 ms are silence: a muted microphone, digital silence, dither.
_SILENCE_DB = -60.0
# Quieter than the loudest frame by this much is a pause.
_BELOW_PEAK_DB = 35.0
# Soft beginnings and endings of words lie below the threshold.
_PAD_S = 0.3

# On 13 sounds without speech the no-speech probability was .47 or more, on 78 spoken clips .33 or
# less.
_NO_SPEECH_PROBABILITY = 0.4
# A bare greedy decode of noise scores -3…-7, speech that base can make out above -1.5.
_LEAST_LOG_PROBABILITY = -1.5

# What Whisper learnt from subtitles to write under silence and music. Only the whole text counts.
_GHOSTS = frozenset(
    {
        "字幕由amara.org社区提供",
        "请不吝点赞订阅转发打赏支持明镜与点点栏目",
        "字幕志愿者",
        "谢谢观看",
        "谢谢大家观看",
        "感谢观看",
        "字幕",
        "thankyouforwatching",
        "thanksforwatching",
    }
)


def trim(samples: Samples) -> tuple[Samples, float]:
    """Cut silence off both ends.

    Returns:
        The part with sound, shape `(n,)`, empty if there is none, and where it begins, in seconds.
    """
    count = len(samples) // _FRAME
    if not count:
        return samples[:0], 0.0
    frames = samples[: count * _FRAME].reshape(count, _FRAME)
    level = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + 1e-12)
    peak = float(level.max())
    if peak < _SILENCE_DB:
        return samples[:0], 0.0
    loud = np.flatnonzero(level > max(_SILENCE_DB, peak - _BELOW_PEAK_DB))
    pad = int(_PAD_S * SAMPLE_RATE)
    start = max(0, int(loud[0]) * _FRAME - pad)
    end = min(len(samples), (int(loud[-1]) + 1) * _FRAME + pad)
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
        or folded_text in _GHOSTS
    )
