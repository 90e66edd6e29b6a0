"""Bytes of a recording in, `Transcript` out: decode ► trim silence ► recognise ► clean text."""

from __future__ import annotations

import time

from voice_assistant.speech.audio import decode
from voice_assistant.speech.engine import Engine
from voice_assistant.speech.level import raise_quiet
from voice_assistant.speech.samples import SAMPLE_RATE
from voice_assistant.speech.silence import is_ghost, trim
from voice_assistant.speech.text import clean, fold, join
from voice_assistant.speech.transcript import Segment, Transcript
from voice_assistant.speech.windows import windows

_DEFAULT_LANGUAGE = "zh"


def transcribe(
    engine: Engine, data: bytes, *, max_s: float, language: str | None, prompt: str
) -> Transcript:
    """Write down a recording.

    Args:
        engine: what recognises it.
        data: the bytes of an audio file.
        max_s: longest recording, in seconds.
        language: an ISO 639-1 code, or `None` to detect it on the first stretch with speech.
        prompt: text that the speech is likely to resemble.

    Raises:
        AudioError: the bytes are no audio, are damaged, or too long.
    """
    began = time.perf_counter()
    samples = decode(data, max_s)
    decoded = time.perf_counter()
    segments: list[Segment] = []
    for start, window in windows(samples):
        sound, offset_s = trim(window)
        if not len(sound):
            continue
        hypothesis = engine.recognise(raise_quiet(sound), language, prompt)
        text = clean(hypothesis.text, hypothesis.language)
        if is_ghost(hypothesis, fold(text)):
            continue
        language = language or hypothesis.language
        begin_s = start / SAMPLE_RATE + offset_s
        segments.append(
            Segment(
                start_s=round(begin_s, 2),
                end_s=round(begin_s + len(sound) / SAMPLE_RATE, 2),
                text=text,
                average_log_probability=hypothesis.average_log_probability,
                no_speech_probability=hypothesis.no_speech_probability,
            )
        )
    recognised = time.perf_counter()
    spoken = language or _DEFAULT_LANGUAGE
    return Transcript(
        text=join([segment.text for segment in segments], spoken),
        language=spoken,
        duration_s=round(len(samples) / SAMPLE_RATE, 3),
        segments=tuple(segments),
        timings_ms={
            "decode": round(1000 * (decoded - began), 1),
            "recognise": round(1000 * (recognised - decoded), 1),
        },
    )
