"""The speech process, as the service sees it.

Recognition runs in a process of its own: a crash in a C library or a poisoned CUDA context ends
that process and not the service, and only a process that ends gives all of its memory back.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
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
        self._worker: psutil.Process | None = None
        self._info: EngineInfo | None = None
        self._loading: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._stopped = False
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
        return "ready" if self._info is not None and self._is_alive() else "stopped"

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
        worker = self._worker
        try:
            return round(worker.memory_info().rss / 1e6, 1) if worker else 0.0
        except psutil.Error:
            return 0.0

    def start(self) -> None:
        """Start the process and load the model, unless that is done or under way."""
        if not self._stopped and self.status in ("stopped", "failed"):
            self._loading = asyncio.create_task(self._load())

    async def stop(self) -> None:
        """End the process, even while it loads, for good."""
        self._stopped = True
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
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
                self._submit(_call, "transcribe", data, language, prompt), limit_s
            )
        except BrokenProcessPool as error:
            _LOG.error("the speech process died; starting another")
            await self._restart()
            raise NotReadyError("SPEECH_PROCESS_DIED") from error
        except asyncio.TimeoutError as error:  # in 3.10 not yet the built-in one
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
        self._executor = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
        )
        try:
            self._worker = psutil.Process(await self._submit(os.getpid))
            self._info = await self._submit(_call, "load", self._config)
        except VoiceError as error:
            self.problem = error
            _LOG.error("no speech model: %s %s", error.code, error.params)
        except (BrokenProcessPool, OSError, psutil.Error) as error:
            self.problem = ModelError(
                "MODEL_LOAD_FAILED",
                model=self._config.model,
                detail=f"{type(error).__name__}: {error}",
            )
            _LOG.error("the speech process ended while it loaded the model")
        else:
            _LOG.info("speech process ready: %s", self._info)

    def _submit(self, function: Callable[..., object], *args: object) -> asyncio.Future[Any]:
        if self._executor is None:  # asyncio would take `None` for a thread of the service
            raise NotReadyError("SPEECH_PROCESS_DIED")
        return asyncio.get_running_loop().run_in_executor(self._executor, function, *args)

    def _is_alive(self) -> bool:
        worker = self._worker
        try:
            # `is_running` knows a process from a later one with the same number.
            return (
                worker is not None
                and worker.is_running()
                and worker.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.Error:
            return False

    def _discard(self) -> None:
        worker, executor = self._worker, self._executor
        self._worker = self._executor = self._info = None
        if worker is not None:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        if executor is not None:
            _stop_writing(executor)
            executor.shutdown(wait=True, cancel_futures=True)


def _stop_writing(executor: ProcessPoolExecutor) -> None:
    """Let go of a recording that a process did not live to read.

    Python 3.10 goes on writing it for ever; newer ones do what is done here (CPython gh-94777).
    """
    queue: Any = vars(executor)["_call_queue"]
    if not hasattr(queue, "_terminate_broken"):
        queue._reader.close()


def _begin() -> None:
    """Runs first in the speech process: leave Ctrl-C to the service, and end when that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True, name="follow-parent").start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _call(function: str, *args: object) -> object:
    """Runs in the speech process; what it imports must stay out of the service."""
    worker = importlib.import_module("voice_assistant.speech.worker")
    target: Callable[..., object] = getattr(worker, function)
    return target(*args)
