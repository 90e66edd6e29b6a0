"""Run the speech process, as the service sees it.

Recognition runs in a process of its own: a crash in a C library or a poisoned CUDA context ends
that process and not the service, and only a process that ends gives all of its memory back.

What it is doing is one value of `process_state.py`, which changes nowhere but here:

    Stopped, Resting, Failed, Waiting ── start ──► Loading ── a model is warm ──► Serving
                                                   Loading ── none can be ──► Failed
    Serving ── it dies, hangs, is given up or makes way ──► Loading
    Serving ── it dies or hangs as those before it ──► Waiting ── time passes ──► Loading
    Serving ── a better one is ready and nobody is being recognised ──► Serving
    Serving ── nobody speaks ──► Resting
    any ── stop ──► Stopped, for good
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from voice_assistant.errors import ModelError, NotReadyError, VoiceError
from voice_assistant.speech.config import Choice, EngineInfo
from voice_assistant.speech.service.backoff import Backoff
from voice_assistant.speech.service.idle_timer import IdleTimer
from voice_assistant.speech.service.loaded_model import LoadedModel
from voice_assistant.speech.service.model_loader import ModelLoader, share_card
from voice_assistant.speech.service.process_state import (
    Failed,
    Loading,
    ProcessState,
    Resting,
    Serving,
    Status,
    Stopped,
    Waiting,
    status_of,
)

_LOG = logging.getLogger(__name__)


class SpeechProcess:
    """Keep one process with a model, and start another when it is gone.

    Args:
        choose: says what to load, as for `ModelLoader`.
        keep_alive_s: seconds without work after which the process ends; negative: never.
        backoff: says how long to wait before one that died is replaced.

    Attributes:
        state: what it is doing.
    """

    def __init__(
        self, choose: Callable[[], Choice], keep_alive_s: float, backoff: Backoff | None = None
    ) -> None:
        self._loader = ModelLoader(choose)
        self._timer = IdleTimer(keep_alive_s, self._rest)
        self._backoff = backoff or Backoff()
        self._endings: set[asyncio.Task[None]] = set()
        self._calls = 0
        self.state: ProcessState = Stopped()

    @property
    def status(self) -> Status:
        """Say in one word what it is doing: `ready` once a model is loaded and warmed."""
        return status_of(self.state)

    @property
    def info(self) -> EngineInfo | None:
        """Describe what is running, while it is running."""
        return self.state.model.info if isinstance(self.state, Serving) else None

    @property
    def problem(self) -> VoiceError | None:
        """Say why no model is loaded."""
        return self.state.problem if isinstance(self.state, Failed | Waiting) else None

    @property
    def fallback(self) -> ModelError | None:
        """Say why a better model than the one that is loaded is not."""
        return self._loader.fallback

    @property
    def generation(self) -> int:
        """Count the processes: what one was given, the next does not have."""
        return self._loader.generation

    def memory_bytes(self) -> int:
        """Measure resident memory; 0 if there is no process."""
        serving = self.state.model.memory_bytes() if isinstance(self.state, Serving) else 0
        return serving + self._loader.memory_bytes()

    def start(self) -> None:
        """Start the process and load a model, unless that is done or under way."""
        match self.state:
            case Stopped(for_good=False) | Resting() | Failed() | Waiting():
                self._load_anew()
            case Serving():
                self._settle()  # it may have died a moment ago

    async def stop(self) -> None:
        """End the process, even while it loads, for good."""
        loading = [self.state.task] if isinstance(self.state, Loading) else []
        self._leave_for(Stopped(for_good=True))
        self._timer.stop()
        await asyncio.wait([*self._endings, *loading])

    def in_use(self) -> AbstractContextManager[None]:
        """Mark that there is work: the process is not ended for want of calls meanwhile."""
        return self._timer.in_use()

    async def until_ready(self) -> None:
        """Start the process if there is none, and wait for its model.

        Raises:
            ModelError: there is no model to recognise with.
            NotReadyError: one process after another died.
        """
        self.start()
        if isinstance(self.state, Loading):
            await asyncio.shield(self.state.task)
        if self.problem is not None:
            raise self.problem

    async def call(self, function: str, *args: object, limit_s: float) -> Any:
        """Call a function of `worker/main.py` in the process, which must be ready.

        Raises:
            NotReadyError: the process died or took more than `limit_s`; another is started.
            MemoryError: the model has used up its memory.
        """
        if not isinstance(self.state, Serving):
            raise NotReadyError("SPEECH_PROCESS_DIED")
        self._calls += 1
        try:
            answer = await asyncio.wait_for(self.state.model.call(function, *args), limit_s)
        except BrokenProcessPool as error:
            self._replace("the speech process died")
            raise NotReadyError("SPEECH_PROCESS_DIED") from error
        except asyncio.TimeoutError as error:  # in 3.10 not yet the built-in one
            self._replace(f"recognition took more than {limit_s:.0f} s")
            raise NotReadyError("SPEECH_TIMEOUT") from error
        else:
            self._backoff.note_answer()
            return answer
        finally:
            self._calls -= 1
            self._settle()

    async def give_up_model(self) -> bool:
        """Go on with the next model, since this one has used up its memory.

        Returns:
            Whether there is one.
        """
        serving = self.state
        if not isinstance(serving, Serving) or not self._loader.give_up(serving.model.config):
            return False
        self._load_anew()
        return True

    async def renew(self) -> None:
        """Change to a better model, if one has come, between two calls.

        It is loaded and warmed beside the one that serves. A card has no room for two under one
        promise: there the old one goes first, and who speaks meanwhile waits.
        """
        serving = self.state
        if not isinstance(serving, Serving) or serving.gives_way or self._loader.is_under_way:
            return  # the next start chooses anew
        better = await self._loader.prepare_better(serving.model.config)
        if better is not None:
            if share_card(better, serving.model.config):
                self.state = replace(serving, gives_way=True)
            self._settle()

    def _settle(self) -> None:
        """Do what has to wait until no call is under way; a call that breaks off says so itself."""
        if self._calls or not isinstance(self.state, Serving):
            return
        if not self.state.model.is_alive():
            self._replace("the speech process died")
        elif self.state.gives_way:
            self._load_anew()
        elif (successor := self._loader.take()) is not None:
            _LOG.info("changing to %s", successor.info)
            self._leave_for(self._serving(successor))

    def _replace(self, why: str) -> None:
        """Load anew, now or in a while, unless that is under way, or was ended for good."""
        if not isinstance(self.state, Serving):
            return
        wait_s = self._backoff.note_death()
        _LOG.error("%s; starting another in %.0f s", why, wait_s)
        if wait_s:
            timer = asyncio.get_running_loop().call_later(wait_s, self._load_anew)
            self._leave_for(Waiting(NotReadyError("SPEECH_PROCESS_DIED"), timer))
        else:
            self._load_anew()

    def _rest(self) -> None:
        if isinstance(self.state, Serving):
            _LOG.info("nobody spoke for %.0f s: giving the memory back", self._timer.limit_s)
            self._loader.forgive()
            self._leave_for(Resting())

    def _load_anew(self) -> None:
        self._leave_for(Loading(asyncio.create_task(self._load())))

    async def _load(self) -> None:
        state: ProcessState = Stopped()
        try:
            await asyncio.wait(self._endings)  # what goes may have what the next one needs
            if not isinstance(self.state, Loading):
                return
            model = await self._loader.load_best()
            if model is not None:
                state = self._serving(model)
        except VoiceError as error:
            _LOG.error("no speech model: %s %s", error.code, error.params)
            state = Failed(error)
        finally:
            if isinstance(self.state, Loading):
                self.state = state

    def _serving(self, model: LoadedModel) -> Serving:
        self._timer.start()
        self._backoff.note_birth()
        model.when_gone(self._settle)
        return Serving(model)

    def _leave_for(self, state: ProcessState) -> None:
        """Change to a state that needs nothing of what runs now, which is ended meanwhile."""
        if isinstance(self.state, Waiting):
            self.state.timer.cancel()
        endings = [self._loader.drop()]
        if isinstance(self.state, Serving):
            endings.append(asyncio.to_thread(self.state.model.end))
        for ending in endings:
            task = asyncio.create_task(ending)
            self._endings.add(task)
            task.add_done_callback(self._endings.discard)
        self.state = state
