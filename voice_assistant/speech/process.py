"""The speech process, as the service sees it.

Recognition runs in a process of its own: a crash in a C library or a poisoned CUDA context ends
that process and not the service, and only a process that ends gives all of its memory back.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Literal

import psutil

from voice_assistant.errors import ModelError, NotReadyError, RequestError, VoiceError
from voice_assistant.speech.engine import EngineConfig, EngineInfo
from voice_assistant.speech.transcript import Transcript

_LOG = logging.getLogger(__name__)

# Beyond the length of the longest recording, which even base on one slow core keeps up with.
_SPARE_S = 30.0

Status = Literal["stopped", "loading", "ready", "failed"]


class SpeechProcess:
    """One speech process, started again when it is gone, with one recognition at a time in it.

    Args:
        config: what the engine is made from.
        queue_size: recognitions that may wait for their turn.
    """

    def __init__(self, config: EngineConfig, queue_size: int) -> None:
        self._config = config
        self._queue_size = queue_size
        self._executor: ProcessPoolExecutor | None = None
        self._loading: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._info: EngineInfo | None = None
        self.problem: VoiceError | None = None
        self.waiting = 0
        self.running = 0

    @property
    def status(self) -> Status:
        """`ready` once a model is loaded and warmed, until the process is gone."""
        if self._loading is not None and not self._loading.done():
            return "loading"
        if self.problem is not None:
            return "failed"
        return "ready" if self._info is not None and self._process() else "stopped"

    @property
    def info(self) -> EngineInfo | None:
        """What is running, while it is running."""
        return self._info if self.status == "ready" else None

    @property
    def queue_size(self) -> int:
        """How many recognitions may wait."""
        return self._queue_size

    def memory_mb(self) -> float:
        """Resident memory of the process, in MB (10⁶ bytes); 0 if there is none."""
        process = self._process()
        try:
            return round(process.memory_info().rss / 1e6, 1) if process else 0.0
        except psutil.Error:
            return 0.0

    def start(self) -> None:
        """Start the process and load the model, unless that is done or under way."""
        if self.status in ("stopped", "failed"):
            self._loading = asyncio.create_task(self._load())

    async def stop(self) -> None:
        """End the process."""
        if self._loading is not None:
            self._loading.cancel()
        await asyncio.to_thread(self._discard)

    async def transcribe(self, data: bytes, language: str | None, prompt: str) -> Transcript:
        """Write down a recording, after those that came before; see `pipeline.transcribe`.

        Raises:
            AudioError: the bytes are no audio, are damaged, or too long.
            RequestError: `BUSY`, too many are waiting.
            NotReadyError: the process died or took too long; the next call finds a fresh one.
            ModelError: there is no model to recognise with.
        """
        if self.waiting >= self._queue_size:
            raise RequestError("BUSY")
        self.waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self.waiting -= 1
        self.running += 1
        try:
            await self._until_ready()
            return await self._run(data, language, prompt)
        finally:
            self.running -= 1
            self._turn.release()

    async def _until_ready(self) -> None:
        self.start()
        if self._loading is not None:
            await asyncio.shield(self._loading)
        if self.problem is not None:
            raise self.problem

    async def _run(self, data: bytes, language: str | None, prompt: str) -> Transcript:
        limit_s = self._config.max_audio_s + _SPARE_S
        try:
            transcript: Transcript = await asyncio.wait_for(
                self._submit("transcribe", data, language, prompt), limit_s
            )
        except BrokenProcessPool as error:
            _LOG.error("the speech process died; starting another")
            await self._restart()
            raise NotReadyError("SPEECH_PROCESS_DIED") from error
        except TimeoutError as error:
            _LOG.error("recognition took more than %.0f s; starting another process", limit_s)
            await self._restart()
            raise NotReadyError("SPEECH_TIMEOUT") from error
        return transcript

    async def _restart(self) -> None:
        await asyncio.to_thread(self._discard)
        self.start()

    async def _load(self) -> None:
        await asyncio.to_thread(self._discard)
        self.problem = None
        # Not fork: the service has threads, and CUDA does not survive it.
        self._executor = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        try:
            self._info = await self._submit("load", self._config)
        except VoiceError as error:
            self.problem = error
            _LOG.error("no speech model: %s %s", error.code, error.params)
        except (BrokenProcessPool, OSError) as error:
            self.problem = ModelError(
                "MODEL_LOAD_FAILED",
                model=self._config.model,
                detail=f"{type(error).__name__}: {error}",
            )
            _LOG.error("the speech process ended while it loaded the model")
        else:
            _LOG.info("speech process ready: %s", self._info)

    def _submit(self, function: str, *args: object) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().run_in_executor(self._executor, _call, function, *args)

    def _process(self) -> psutil.Process | None:
        """The process, if it is alive."""
        if self._info is None:
            return None
        try:
            process = psutil.Process(self._info.pid)
            return None if process.status() == psutil.STATUS_ZOMBIE else process
        except psutil.Error:
            return None

    def _discard(self) -> None:
        process = self._process()
        executor, self._executor, self._info = self._executor, None, None
        if process is not None:
            process.kill()
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)


def _call(function: str, *args: object) -> object:
    """Runs in the speech process; what it imports must stay out of the service."""
    worker = importlib.import_module("voice_assistant.speech.worker")
    target: Callable[..., object] = getattr(worker, function)
    return target(*args)
