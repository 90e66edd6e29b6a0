"""The speech process, as the service sees it.

Recognition runs in a process of its own: a crash in a C library or a poisoned CUDA context ends
that process and not the service, and only a process that ends gives all of its memory back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from typing import Any, Literal

from voice_assistant.errors import ModelError, NotReadyError, VoiceError
from voice_assistant.speech.config import Choice, EngineConfig, EngineInfo
from voice_assistant.speech.service.idle_timer import IdleTimer
from voice_assistant.speech.service.loaded_model import LoadedModel
from voice_assistant.speech.service.successor import Successor

_LOG = logging.getLogger(__name__)

Status = Literal["stopped", "idle", "loading", "ready", "failed"]


class SpeechProcess:
    """One process with a model, started again when it is gone.

    Args:
        choose: says what to load; asked at every start, since what fits changes. Raises
            `ModelError` if there is nothing.
        keep_alive_s: seconds without work after which the process ends; negative: never.
    """

    def __init__(self, choose: Callable[[], Choice], keep_alive_s: float) -> None:
        self._choose = choose
        self._model: LoadedModel | None = None
        self._successor = Successor()
        self._last: EngineConfig | None = None
        self._loading: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._timer = IdleTimer(keep_alive_s, self._unload)
        self._calls = 0
        self._gives_way = False
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
        if self._model is not None and self._model.info and self._model.is_alive():
            return "ready"
        return "idle" if self._rests else "stopped"

    @property
    def info(self) -> EngineInfo | None:
        """What is running, while it is running."""
        return self._model.info if self._model and self.status == "ready" else None

    @property
    def loaded(self) -> EngineInfo | None:
        """What takes memory at the moment, in use or about to go."""
        return self._model.info if self._model and self._model.is_alive() else None

    def memory_mb(self) -> float:
        """Resident memory, in MB (10⁶ bytes); 0 if there is no process."""
        return self._successor.memory_mb() + (self._model.memory_mb() if self._model else 0.0)

    def start(self) -> None:
        """Start the process and load a model, unless that is done or under way."""
        if not self._closed and self.status in ("stopped", "idle", "failed"):
            self._loading = asyncio.create_task(self._load())

    async def stop(self) -> None:
        """End the process, even while it loads, for good."""
        self._closed = True
        self._timer.stop()
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        await self._successor.drop()
        await self._end()
        if self._ending is not None:
            await self._ending

    def in_use(self) -> AbstractContextManager[None]:
        """There is work: the process is not ended for want of calls meanwhile."""
        return self._timer.in_use()

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
        self._calls += 1
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
        finally:
            self._calls -= 1
            self._hand_over()

    def _alive(self) -> LoadedModel:
        if self._model is None:
            raise BrokenProcessPool
        return self._model

    async def renew(self) -> None:
        """Change to a better model, if one has come, between two calls.

        It is loaded and warmed beside the one that serves. A card has no room for two under one
        promise: there the old one goes first, and who speaks meanwhile waits.
        """
        under_way = self._successor.is_under_way or self._gives_way
        if self.status != "ready" or self._model is None or under_way:
            return  # the next start chooses anew
        present = self._model.config
        try:
            choice = await asyncio.to_thread(self._choose)
        except ModelError as error:
            _LOG.warning("nothing to change to: %s %s", error.code, error.params)
            return
        refused = choice.refused
        for config in choice.configs:
            if config.is_like(present) or self._closed or self.status != "ready":
                return
            if config in self._given_up:
                refused = self.fallback
                continue
            self._gives_way = present.device == config.device == "cuda"
            if self._gives_way or await self._prepare(config):
                self.fallback, self._last = refused, choice.configs[-1]
                self._hand_over()
                return
            refused = self.fallback

    async def _prepare(self, config: EngineConfig) -> bool:
        """Load a successor; whether that went well."""
        try:
            return await self._successor.prepare(config)
        except ModelError as error:
            self._fall_back(error)
            return False

    def _hand_over(self) -> None:
        """Let the successor take over, unless a call is under way."""
        if self._calls or self._closed or self.status == "loading":
            return
        if self._gives_way:
            self._gives_way = False
            self._loading = asyncio.create_task(self._load())
        elif (successor := self._successor.take()) is not None:
            _LOG.info("changing to %s", successor.info)
            old, self._model = self._model, successor
            self.generation += 1
            self._rests = False
            self._timer.start()
            if old is not None:
                self._ending = asyncio.create_task(asyncio.to_thread(old.end))

    async def give_up_model(self) -> bool:
        """Go on with the next model, since this one has used up its memory.

        Returns:
            Whether there is one.
        """
        if self._model is None or self._model.config == self._last:
            return False
        self._given_up.add(self._model.config)
        await self._restart()
        return True

    async def _restart(self) -> None:
        await self._end()
        self.start()

    async def _load(self) -> None:
        # What is chosen anew needs no successor.
        self._gives_way = False
        await self._successor.drop()
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
        self._timer.start()

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
            raise ModelError("OUT_OF_MEMORY", model=config.model.name, detail=config.compute_type)
        await self._end()
        self.generation += 1
        self._model = LoadedModel(config)
        await self._model.load()

    async def _end(self) -> None:
        model, self._model = self._model, None
        if model is not None:
            await asyncio.to_thread(model.end)

    def _unload(self) -> None:
        if self.status == "ready" and not self._closed:
            _LOG.info("nobody spoke for %.0f s: giving the memory back", self._timer.limit_s)
            self._rests = True
            self._given_up.clear()
            self._ending = asyncio.create_task(self._end())
