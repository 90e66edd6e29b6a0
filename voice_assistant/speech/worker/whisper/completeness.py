"""Judge whether a text is all that was said."""

from __future__ import annotations

from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.voice_activity import VAD_FRAME, speech_probabilities

# Chinese and English have about as many bytes for a second of speech: 14.8 at the median over 372
# windows of 8 s, 11.5 at the 5th percentile; where base had stopped after the first of several
# sentences, 1.9 to 2.8.
_LEAST_BYTES_PER_S = 9.0
# A command is shorter, and may be said slowly.
_SHORTEST_S = 4.0
_SPEECH_PROBABILITY = 0.5


def is_complete(text: str, samples: Samples) -> bool:
    """Return whether a text is as long as can be expected.

    Args:
        text: without punctuation and spaces.
        samples: what it was recognised in, shape `(n,)`.
    """
    written = len(text.encode())
    duration_s = len(samples) / SAMPLE_RATE
    if duration_s < _SHORTEST_S or written >= _LEAST_BYTES_PER_S * duration_s:
        return True  # spares looking for the speech in it
    frames = int((speech_probabilities(samples) > _SPEECH_PROBABILITY).sum())
    return written >= _LEAST_BYTES_PER_S * frames * VAD_FRAME / SAMPLE_RATE
