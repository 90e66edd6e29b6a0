"""Define what the service asks of the speech process, and what it gets back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voice_assistant.speech.transcript import Segment, Transcript, join

_DEFAULT_LANGUAGE = "zh"


@dataclass(frozen=True, slots=True)
class RecognitionOptions:
    """Say how to write speech down.

    Attributes:
        languages: ISO 639-1 codes, of which the likeliest is taken; none: of all.
        prompt: text that the speech is likely to resemble; may be empty.
        timestamps: whether to say when each sentence was said, not just each window.
        thorough: whether to spend more time on telling words apart.
        candidates: texts of which one was said, if that is known; the likeliest is taken.
    """

    languages: tuple[str, ...]
    prompt: str
    timestamps: bool = False
    thorough: bool = False
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Ask for one window of a recording to be written down.

    Attributes:
        recording: its number.
        data: the bytes of an audio file; `None` if the process has the recording already.
        window: which one, from 0.
        options: how.
    """

    recording: int
    data: bytes | None
    window: int
    options: RecognitionOptions


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold what was understood of one window.

    Attributes:
        segments: what was said; none where nobody spoke.
        language: of the speech, if there is any.
        windows: how many the recording has.
        duration_s: length of the recording, in seconds.
        reached_s: where the window ends in it.
        timings_ms: how long each step took: `decode`, `recognise`.
    """

    segments: tuple[Segment, ...]
    language: str | None
    windows: int
    duration_s: float
    reached_s: float
    timings_ms: dict[str, float]


def assemble(pieces: Sequence[Piece], languages: Sequence[str]) -> Transcript:
    """Put a transcript together from what was understood of each window, in order.

    Args:
        pieces: of all windows of a recording.
        languages: that it could be in, likeliest first.
    """
    segments = tuple(segment for piece in pieces for segment in piece.segments)
    found = [piece.language for piece in pieces if piece.language]
    language = [*found, *languages, _DEFAULT_LANGUAGE][0]
    return Transcript(
        text=join([segment.text for segment in segments], language),
        language=language,
        duration_s=pieces[0].duration_s,
        segments=segments,
        timings_ms={
            step: round(sum(piece.timings_ms[step] for piece in pieces), 1)
            for step in pieces[0].timings_ms
        },
    )
