"""Write recordings down: decode ► trim silence ► recognise ► clean text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from voice_assistant.errors import AudioError
from voice_assistant.speech.task import Piece, RecognitionOptions, Task, assemble
from voice_assistant.speech.transcript import Segment, Transcript
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.level import raise_quiet
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.silence import trim
from voice_assistant.speech.worker.sound.windows import halves, windows
from voice_assistant.speech.worker.text import clean, fold
from voice_assistant.speech.worker.whisper.completeness import is_complete
from voice_assistant.speech.worker.whisper.engine import Decoding, Engine
from voice_assistant.speech.worker.whisper.ghosts import is_ghost
from voice_assistant.speech.worker.whisper.recogniser import Hypothesis, Recogniser, Utterance


@dataclass(slots=True)
class _Window:
    """Hold a stretch of a recording, and the part of it in which somebody speaks."""

    start_s: float
    end_s: float
    likelihood: float
    utterance: Utterance

    @classmethod
    def of(cls, start: int, samples: Samples) -> _Window:
        sound, offset_s, likelihood = trim(samples)
        start_s = start / SAMPLE_RATE
        end_s = start_s + len(samples) / SAMPLE_RATE
        spoken = raise_quiet(sound) if len(sound) else sound
        return cls(start_s + offset_s, end_s, likelihood, Utterance(spoken, {}))

    def halves(self) -> list[_Window]:
        """Return its parts before and after its longest pause, if somebody speaks in both."""
        cut = halves(self.utterance.samples)
        if cut is None:
            return []
        start = int(self.start_s * SAMPLE_RATE)
        parts = [_Window.of(start, cut[0]), _Window.of(start + len(cut[0]), cut[1])]
        return parts if all(len(part.utterance.samples) for part in parts) else []


@dataclass(slots=True)
class _Recording:
    duration_s: float
    stretches: list[tuple[int, Samples]]
    decode_ms: float
    window: tuple[int, _Window] | None = field(default=None)

    def at(self, number: int) -> _Window:
        """Return a window; the last one is kept, with what the encoder made of it."""
        if self.window is None or self.window[0] != number:
            self.window = (number, _Window.of(*self.stretches[number]))
        return self.window[1]


class Pipeline:
    """Write down windows of recordings, and keep recordings until they are closed.

    Args:
        engine: what recognises them.
        max_s: longest recording, in seconds.
        script: which Chinese is written in, `simplified` or `traditional`.

    Attributes:
        recogniser: what writes the windows down.
    """

    def __init__(self, engine: Engine, max_s: float, script: str = "simplified") -> None:
        self.recogniser = Recogniser(engine)
        self._max_s = max_s
        self._script = script
        self._open: dict[int, _Recording] = {}

    def close(self, recordings: Sequence[int]) -> None:
        """Forget recordings."""
        for number in recordings:
            self._open.pop(number, None)

    def run(self, tasks: Sequence[Task]) -> list[Piece | AudioError]:
        """Write down one window of each recording, together.

        Returns:
            For each task what was understood, or why its recording cannot be used.
        """
        results: dict[int, Piece | AudioError] = {}
        spoken: list[tuple[int, _Recording, _Window]] = []
        for place, task in enumerate(tasks):
            try:
                recording = self._recording(task)
                window = recording.at(task.window)
            except AudioError as error:
                results[place] = error
                continue
            if len(window.utterance.samples):
                spoken.append((place, recording, window))
            else:
                results[place] = _piece(recording, window, None, (), 0.0)

        began = time.perf_counter()
        found = self.recogniser.recognise(
            [window.utterance for _, _, window in spoken],
            [tasks[place].options for place, _, _ in spoken],
        )
        heard = [
            self._complete(
                window, _segments(window, hypothesis, self._script), tasks[place].options
            )
            for (place, _, window), hypothesis in zip(spoken, found, strict=True)
        ]
        recognise_ms = 1000 * (time.perf_counter() - began)
        for (place, recording, window), hypothesis, segments in zip(
            spoken, found, heard, strict=True
        ):
            language = hypothesis.language if segments else None
            results[place] = _piece(recording, window, language, segments, recognise_ms)
        return [results[place] for place in range(len(tasks))]

    def _complete(
        self, window: _Window, segments: tuple[Segment, ...], options: RecognitionOptions
    ) -> tuple[Segment, ...]:
        """Return the text, or that of both halves if the model left something out."""
        written = _written(segments)
        complete = options.candidates or is_complete(written, window.utterance.samples)
        if not segments or complete:
            return segments
        parts = window.halves()
        found = self.recogniser.recognise(
            [part.utterance for part in parts], [options] * len(parts)
        )
        again = tuple(
            segment
            for part, hypothesis in zip(parts, found, strict=True)
            for segment in _segments(part, hypothesis, self._script)
        )
        return again if len(_written(again)) > len(written) else segments

    def _recording(self, task: Task) -> _Recording:
        if task.data is not None:
            began = time.perf_counter()
            samples = decode(task.data, self._max_s)
            self._open[task.recording] = _Recording(
                duration_s=round(len(samples) / SAMPLE_RATE, 3),
                stretches=list(windows(samples)),
                decode_ms=1000 * (time.perf_counter() - began),
            )
        return self._open[task.recording]


def transcribe(
    engine: Engine, data: bytes, *, max_s: float, language: str | None, prompt: str
) -> Transcript:
    """Write down a recording, without a service.

    Args:
        engine: what recognises it.
        data: the bytes of an audio file.
        max_s: longest recording, in seconds.
        language: an ISO 639-1 code, or `None` to detect it on the first stretch with speech.
        prompt: text that the speech is likely to resemble.

    Raises:
        AudioError: the bytes are no audio, are damaged, or too long.
    """
    pipeline = Pipeline(engine, max_s)
    options = RecognitionOptions((language,) if language else (), prompt)
    pieces: list[Piece] = []
    task = Task(0, data, 0, options)
    while not pieces or task.window < pieces[0].windows:
        [piece] = pipeline.run([task])
        if isinstance(piece, AudioError):
            raise piece
        pieces.append(piece)
        if piece.language:
            options = replace(options, languages=(piece.language,))
        task = Task(0, None, task.window + 1, options)
    return assemble(pieces, options.languages)


def _piece(
    recording: _Recording,
    window: _Window,
    language: str | None,
    segments: tuple[Segment, ...],
    recognise_ms: float,
) -> Piece:
    decode_ms, recording.decode_ms = recording.decode_ms, 0.0
    return Piece(
        segments=segments,
        language=language,
        windows=len(recording.stretches),
        duration_s=recording.duration_s,
        reached_s=round(window.end_s, 2),
        timings_ms={"decode": round(decode_ms, 1), "recognise": round(recognise_ms, 1)},
    )


def _written(segments: tuple[Segment, ...]) -> str:
    return fold("".join(segment.text for segment in segments))


def _segments(window: _Window, hypothesis: Hypothesis, script: str) -> tuple[Segment, ...]:
    decoding = hypothesis.decoding
    text = clean(decoding.text, hypothesis.language, script)
    if is_ghost(decoding, fold(text), window.likelihood):
        return ()
    end_s = window.start_s + window.utterance.duration_s
    if not decoding.timed:
        return (_segment(window.start_s, end_s, text, decoding),)
    return tuple(
        _segment(
            window.start_s + timed.start_s,
            min(window.start_s + timed.end_s, end_s),
            clean(timed.text, hypothesis.language, script),
            decoding,
        )
        for timed in decoding.timed
    )


def _segment(start_s: float, end_s: float, text: str, decoding: Decoding) -> Segment:
    return Segment(
        start_s=round(start_s, 2),
        end_s=round(end_s, 2),
        text=text,
        average_log_probability=decoding.average_log_probability,
        no_speech_probability=decoding.no_speech_probability,
    )
