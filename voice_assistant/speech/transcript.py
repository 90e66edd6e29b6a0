"""Hold what was understood of a recording."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold what was said in a stretch of a recording, of at most 30 s.

    Attributes:
        start_s: where it begins in the recording, in seconds.
        end_s: where it ends.
        text: what was said, cleaned; may be empty.
        average_log_probability: of its tokens; above -1 for clear speech.
        no_speech_probability: how much the model took it for silence or noise, 0…1.
    """

    start_s: float
    end_s: float
    text: str
    average_log_probability: float
    no_speech_probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """Hold what was said in a recording.

    Attributes:
        text: everything that was said; empty when nobody spoke.
        language: of the speech, as an ISO 639-1 code.
        duration_s: length of the recording, in seconds.
        segments: the stretches it was recognised in, in order.
        timings_ms: how long each step took: `decode`, `recognise`.
    """

    text: str
    language: str
    duration_s: float
    segments: tuple[Segment, ...]
    timings_ms: dict[str, float]

    @property
    def log_probability(self) -> float:
        """Average the segments' scores, weighted by their length; -inf without any."""
        weighed = [(each.end_s - each.start_s, each) for each in self.segments]
        total_s = sum(length for length, _ in weighed)
        if not total_s:
            return -math.inf
        return sum(length * each.average_log_probability for length, each in weighed) / total_s


def join(texts: list[str], language: str) -> str:
    """Put the stretches of one recording together, as their language has it."""
    spoken = [text for text in texts if text]
    return ("" if language in {"zh", "ja", "yue"} else " ").join(spoken)
