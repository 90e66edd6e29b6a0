"""Queue recordings for the speech process, bounded and fair."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from voice_assistant.errors import AudioError, ModelError, NotReadyError, RequestError
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.task import Piece, RecognitionOptions, Task, assemble
from voice_assistant.speech.transcript import Transcript

# Together they take less time than in turn (`benchmarks/queue.py`); with more, those who came first
# wait for those who came last.
_BATCH = 4

LIMIT_S = 60.0
"""For a window of 30 s, several times over on a slow core; the first one is also decoded."""

# How much of what a recording takes is remembered from those before.
_SMOOTHING = 0.8


@dataclass(eq=False)
class _Job:
    recording: Recording
    window: int
    options: RecognitionOptions
    result: asyncio.Future[Piece]
    alone: bool = field(default=False)

    @property
    def place(self) -> tuple[int, int]:
        """Order by window, then by arrival: long recordings let others in between."""
        return self.window, self.recording.number


class Recording:
    """Hold a place in the queue for one recording; `Recordings.open` makes it.

    Attributes:
        number: counts them.
        data: the bytes of an audio file.
        generation: of the process that has it.
        done_s: how far it is written down, in seconds.
        duration_s: its length in seconds, once it is known.
    """

    def __init__(self, queue: Recordings, number: int, data: bytes) -> None:
        self._queue = queue
        self.number = number
        self.data = data
        self.generation = 0
        self.done_s = 0.0
        self.duration_s = 0.0

    async def pieces(self, options: RecognitionOptions) -> AsyncIterator[Piece]:
        """Write it down, window by window.

        Raises:
            AudioError: the bytes are no audio, are damaged, or too long.
            NotReadyError: the process died or took too long; the next call finds a fresh one.
            ModelError: there is no model to recognise with.
        """
        window, windows = 0, 1
        while window < windows:
            piece = await self._queue.submit(self, window, options)
            windows, window = piece.windows, window + 1
            self.done_s, self.duration_s = piece.reached_s, piece.duration_s
            if piece.language:
                options = replace(options, languages=(piece.language,))
            yield piece

    async def transcribe(self, options: RecognitionOptions) -> Transcript:
        """Write all of it down; raises what `pieces` does."""
        return assemble([piece async for piece in self.pieces(options)], options.languages)


class Recordings:
    """Hand windows of recordings to the speech process, several at once where they wait.

    Args:
        process: what recognises them.
        limit: recordings that may wait.
        limit_s: seconds after which a window is given up, with the process that had it.
    """

    def __init__(self, process: SpeechProcess, limit: int, limit_s: float = LIMIT_S) -> None:
        self._process = process
        self._limit_s = limit_s
        self.limit = limit
        self._open: dict[int, Recording] = {}
        self._jobs: list[_Job] = []
        self._running: list[_Job] = []
        self._closed: list[int] = []
        self._pump: asyncio.Task[None] | None = None
        self._count = 0
        self._taken_s = 0.0
        self.refused = 0
        """Counts those that found no place."""

    @property
    def running(self) -> int:
        """Count the recordings being written down."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Count the recordings that have a place and wait for their turn."""
        return len(self._open) - self.running

    @property
    def long(self) -> list[Recording]:
        """List the recordings of several windows of which some are done."""
        return [each for each in self._open.values() if 0 < each.done_s < each.duration_s]

    @asynccontextmanager
    async def open(self, data: bytes) -> AsyncIterator[Recording]:
        """Give a recording a place in the queue, until the block is left.

        Raises:
            RequestError: `BUSY`, too many are waiting.
        """
        if len(self._open) - max(1, self.running) >= self.limit:
            self.refused += 1
            raise RequestError("BUSY", retry_after_s=self._wait_s())
        self._count += 1
        recording = Recording(self, self._count, data)
        self._open[recording.number] = recording
        began = time.monotonic()
        try:
            yield recording
        finally:
            del self._open[recording.number]
            self._closed.append(recording.number)
            others = max(1, len(self._open))
            self._taken_s *= _SMOOTHING
            self._taken_s += (1 - _SMOOTHING) * (time.monotonic() - began) / others

    async def transcribe(self, data: bytes, options: RecognitionOptions) -> Transcript:
        """Write down a recording; raises what `open` and `Recording.pieces` do."""
        async with self.open(data) as recording:
            return await recording.transcribe(options)

    async def submit(self, recording: Recording, window: int, options: RecognitionOptions) -> Piece:
        """Have one window written down, after those that came before."""
        job = _Job(recording, window, options, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._work())
        try:
            return await job.result
        finally:
            if job in self._jobs:
                self._jobs.remove(job)

    def _wait_s(self) -> int:
        """Guess when a place will be free, in whole seconds."""
        return max(1, math.ceil(self._taken_s))

    async def _work(self) -> None:
        with self._process.in_use():
            await self._work_off()

    async def _work_off(self) -> None:
        while self._jobs:
            try:
                await self._process.until_ready()
            except Exception as error:
                _fail(self._jobs, error)
                return
            batch = self._running = self._next()
            try:
                await self._run(batch)
            finally:
                self._running = []

    def _next(self) -> list[_Job]:
        """Take the jobs whose turn it is; what does not begin a recording goes alone."""
        self._jobs.sort(key=lambda job: job.place)
        first = self._jobs[0]
        count = 1
        if not (first.alone or first.window):
            alike = (not (job.alone or job.window) for job in self._jobs[:_BATCH])
            count = next((place for place, fits in enumerate(alike) if not fits), _BATCH)
        batch, self._jobs = self._jobs[:count], self._jobs[count:]
        return batch

    async def _run(self, batch: list[_Job]) -> None:
        tasks = [self._task(job) for job in batch]
        closed, self._closed = self._closed, []
        try:
            results = await self._process.call("run", tasks, closed, limit_s=self._limit_s)
        except MemoryError as error:
            if len(batch) > 1 or await self._process.give_up_model():
                self._again(batch)
            else:
                _fail(batch, ModelError("OUT_OF_MEMORY", model="", detail=str(error)))
        except NotReadyError as error:
            if len(batch) == 1:
                _fail(batch, error)
            else:
                self._again(batch)
        except Exception as error:
            _fail(batch, error)
        else:
            for job, result in zip(batch, results, strict=True):
                if job.result.done():
                    continue  # the client has gone
                if isinstance(result, AudioError):
                    job.result.set_exception(result)
                else:
                    job.result.set_result(result)

    def _again(self, batch: list[_Job]) -> None:
        """Have each by itself, so that only the one that was too much is not served."""
        for job in batch:
            job.alone = True
            if not job.result.done():
                self._jobs.append(job)

    def _task(self, job: _Job) -> Task:
        recording = job.recording
        known = recording.generation == self._process.generation
        recording.generation = self._process.generation
        return Task(recording.number, None if known else recording.data, job.window, job.options)


def _fail(jobs: list[_Job], error: Exception) -> None:
    for job in jobs:
        if not job.result.done():
            job.result.set_exception(error)
    jobs.clear()
