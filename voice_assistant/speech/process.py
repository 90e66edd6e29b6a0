"""The speech process, as the service sees it.

Recognition runs in a process of its own: a crash in a C library or a poisoned CUDA context ends
that process and not the service, and only a process that ends gives all of its memory back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import psutil

from voice_assistant.errors import ModelError, NotReadyError, VoiceError
from voice_assistant.speech.child import Child
from voice_assistant.speech.engine import EngineConfig, EngineInfo

_LOG = logging.getLogger(__name__)

Status = Literal["stopped", "idle", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be loaded.

    Attributes:
        configs: at least one, best first.
        refused: why there is nothing better, if there could be.
    """

    configs: Sequence[EngineConfig]
    refused: ModelError | None = None


class SpeechProcess:
    """One process with a model, started again when it is gone.

    Args:
        choose: says what to load; asked at every start, since what fits changes. Raises
            `ModelError` if there is nothing.
        keep_alive_s: seconds without work after which the process ends; negative: never.
    """

    def __init__(self, choose: Callable[[], Choice], keep_alive_s: float) -> None:
        self._choose = choose
        self._keep_alive_s = keep_alive_s
        self._child: Child | None = None
        self._config: EngineConfig | None = None
        self._last: EngineConfig | None = None
        self._info: EngineInfo | None = None
        self._loading: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._users = 0
        self._rests = False
        self._closed = False
        self._given_up: set[EngineConfig] = set()
        self.generation = 0
        """Counts the processes: what one was given, the next does not have."""
        self.problem: VoiceError | None = None
        """Why no model is loaded."""
        self.fallback: ModelError | None = None
        """Why a better model than the one that is loaded is not."""

    @property
    def status(self) -> Status:
        """`ready` once a model is loaded and warmed, until the process is gone."""
        if self._loading is not None and not self._loading.done():
            return "loading"
        if self.problem is not None:
            return "failed"
        if self._info is not None and self._child is not None and self._child.is_alive():
            return "ready"
        return "idle" if self._rests else "stopped"

    @property
    def info(self) -> EngineInfo | None:
        """What is running, while it is running."""
        return self._info if self.status == "ready" else None

    def memory_mb(self) -> float:
        """Resident memory of the process, in MB (10⁶ bytes); 0 if there is none."""
        return self._child.memory_mb() if self._child else 0.0

    def start(self) -> None:
        """Start the process and load a model, unless that is done or under way."""
        if not self._closed and self.status in ("stopped", "idle", "failed"):
            self._loading = asyncio.create_task(self._load())

    async def stop(self) -> None:
        """End the process, even while it loads, for good."""
        self._closed = True
        self._stay()
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        await self._end()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """There is work: the process is not ended for want of calls meanwhile."""
        self._users += 1
        self._stay()
        try:
            yield
        finally:
            self._users -= 1
            self._rest()

    async def until_ready(self) -> None:
        """Start the process if there is none, and wait for its model.

        Raises:
            ModelError: there is no model to recognise with.
        """
        self.start()
        if self._loading is not None:
            await asyncio.shield(self._loading)
        if self.problem is not None:
            raise self.problem

    async def call(self, function: str, *args: object, limit_s: float) -> Any:
        """Call a function of `worker.py` in the process, which must be ready.

        Raises:
            NotReadyError: the process died or took more than `limit_s`; another is started.
            MemoryError: the model has used up its memory.
        """
        try:
            return await asyncio.wait_for(self._alive().call(function, *args), limit_s)
        except BrokenProcessPool as error:
            _LOG.error("the speech process died; starting another")
            await self._restart()
            raise NotReadyError("SPEECH_PROCESS_DIED") from error
        except asyncio.TimeoutError as error:  # in 3.10 not yet the built-in one
            _LOG.error("recognition took more than %.0f s; starting another process", limit_s)
            await self._restart()
            raise NotReadyError("SPEECH_TIMEOUT") from error

    def _alive(self) -> Child:
        if self._child is None:
            raise BrokenProcessPool
        return self._child

    async def give_up_model(self) -> bool:
        """Go on with the next model, since this one has used up its memory.

        Returns:
            Whether there is one.
        """
        if self._config is None or self._config == self._last:
            return False
        self._given_up.add(self._config)
        await self._restart()
        return True

    async def _restart(self) -> None:
        await self._end()
        self.start()

    async def _load(self) -> None:
        if self._ending is not None:
            await self._ending
        self._rests = False
        self.problem = self.fallback = None
        try:
            choice = await asyncio.to_thread(self._choose)
            self.fallback, self._last = choice.refused, choice.configs[-1]
            await self._load_first_that_fits(choice.configs)
        except VoiceError as error:
            self.problem = error
            _LOG.error("no speech model: %s %s", error.code, error.params)
        self._rest()

    async def _load_first_that_fits(self, configs: Sequence[EngineConfig]) -> None:
        """Raises what is wrong with the last one, if none can be loaded."""
        for config in configs:
            try:
                await self._load_one(config)
            except ModelError as error:
                if config is configs[-1]:
                    raise
                self._fall_back(error)
            else:
                return

    def _fall_back(self, error: ModelError) -> None:
        self.fallback = error
        _LOG.warning("taking the next model: %s %s", error.code, error.params)

    async def _load_one(self, config: EngineConfig) -> None:
        if config in self._given_up:
            raise ModelError("OUT_OF_MEMORY", model=config.model, detail=config.compute_type)
        await self._end()
        self.generation += 1
        self._child, self._config = Child(), config
        try:
            self._info = await self._child.call("load", config)
        except (BrokenProcessPool, OSError, psutil.Error) as error:
            _LOG.error("the speech process ended while it loaded the model")
            detail = f"{type(error).__name__}: {error}"
            raise ModelError("MODEL_LOAD_FAILED", model=config.model, detail=detail) from error
        _LOG.info("speech process ready: %s", self._info)

    async def _end(self) -> None:
        child, self._child, self._info = self._child, None, None
        if child is not None:
            await asyncio.to_thread(child.end)

    def _rest(self) -> None:
        """End the process if nobody calls for a while."""
        self._stay()
        if self._keep_alive_s >= 0 and not self._users and not self._closed:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._keep_alive_s, self._unload)

    def _stay(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _unload(self) -> None:
        if self.status == "ready":
            _LOG.info("nobody spoke for %.0f s: giving the memory back", self._keep_alive_s)
            self._rests = True
            self._given_up.clear()
            self._ending = asyncio.create_task(self._end())
