"""Recognise what Whisper writes where nobody speaks, from `data/ghosts.txt`."""

from __future__ import annotations

from importlib.resources import files

from voice_assistant.commands.templates import expand
from voice_assistant.speech.worker.text import fold
from voice_assistant.speech.worker.whisper.engine import Decoding


def _read() -> frozenset[str]:
    text = (files("voice_assistant.speech.worker.whisper") / "data" / "ghosts.txt").read_text(
        encoding="utf-8"
    )
    templates = [line for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset(fold(phrase) for template in templates for phrase in expand(template))


GHOSTS = _read()
"""Whole texts, folded, that mean nobody spoke."""

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


def is_ghost(decoding: Decoding, folded_text: str, likelihood: float) -> bool:
    """Return whether the recogniser wrote something where nobody spoke.

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
