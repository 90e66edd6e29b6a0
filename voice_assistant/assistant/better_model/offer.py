"""Offer the model that would suit this computer better, have it fetched, and take it up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from voice_assistant.assistant.better_model.consent import Consent
from voice_assistant.assistant.better_model.conversion import ModelConversion
from voice_assistant.assistant.better_model.download import ModelDownload
from voice_assistant.assistant.better_model.states import (
    Declined,
    Failed,
    Fetched,
    Fetching,
    FetchStatus,
    Found,
    NothingBetter,
    Offered,
    Progress,
    State,
    Undecided,
    after_answer,
    after_arrival,
    after_failed_conversion,
    after_search,
    status_of,
)
from voice_assistant.assistant.better_model.watch import DiskWatch
from voice_assistant.choice.plan import make_plan
from voice_assistant.choice.surroundings import NO_CARDS, Look, Surroundings, look_around
from voice_assistant.engines import engines_for
from voice_assistant.errors import ModelError, VoiceError
from voice_assistant.models.download.offer import find_offers
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineInfo
from voice_assistant.speech.service.process import SpeechProcess

# Somebody may put a model here by hand, too.
_POLL_S = 3.0


class ModelFetch:
    """Keep the tasks that look after the model that suits this computer.

    Args:
        settings: of the service.
        process: which takes up what has come.
        models: all that are known, by name.
        look: finds out what this computer has.
        poll_s: seconds from one poll of the disk to the next.
    """

    def __init__(
        self,
        settings: Settings,
        process: SpeechProcess,
        models: Mapping[str, Model],
        look: Look = look_around,
        poll_s: float = _POLL_S,
    ) -> None:
        self._settings = settings
        self._process = process
        self._disk = DiskWatch(settings, models, look)
        self._poll_s = poll_s
        self._consent = Consent(settings)
        self._conversion = ModelConversion(settings)
        self._tasks: list[asyncio.Task[None]] = []
        self._download: asyncio.Task[None] | None = None
        self._tell: Callable[[FetchStatus], None] | None = None
        self.state: State = Undecided()

    @property
    def status(self) -> FetchStatus:
        """Return how far the better model is, as it is shown."""
        return status_of(self.state)

    def start(self) -> None:
        """Begin to search for a better model, and to watch the disk."""
        if self._settings.needs_model:
            self._tasks = [asyncio.create_task(self._search()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        """End a search and a download; what has come is kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def on_offer(self, tell: Callable[[FetchStatus], None]) -> None:
        """Have a function called, once, if there is a better model and nobody said no to it."""
        self._tell = tell
        self._say()

    def answer(self, *, agreed: bool) -> None:
        """Take a person's answer to the offer, which is not made again, or to a download."""
        follows = after_answer(self.state, agreed=agreed)
        if follows is not None:
            self._consent.remember(follows.model, agreed=agreed)
            self._follow(follows)

    async def _search(self) -> None:
        """Find out whether there is a better model, and offer it."""
        # How fast this computer is shows once base has been warmed; where nothing can be loaded,
        # a model is needed all the more.
        with suppress(VoiceError):
            await self._process.until_ready()
        info = self._process.info
        base_pass_s = info.pass_s if info and (info.model, info.device) == ("base", "cpu") else 0.0
        no_use = self._failed_with("GPU_UNUSABLE") is not None
        here = await self._disk.read(NO_CARDS if no_use else None)
        damaged = self._failed_with("MODEL_DAMAGED")
        found = _find_better(
            *(self._settings, here, base_pass_s, self._process.info),
            str(damaged.params["model"]) if damaged else None,
        )
        self.state = after_search(self.state, found)
        if isinstance(self.state, Offered):
            self._apply_consent(self.state)
        self._say()

    def _failed_with(self, code: str) -> VoiceError | None:
        """Return the error with that code, if it kept something better from being loaded."""
        found = (self._process.problem, self._process.fallback)
        return next((error for error in found if error is not None and error.code == code), None)

    def _apply_consent(self, state: Offered | Failed) -> None:
        """Answer for a person who has answered already, or for all by the settings."""
        agreed = self._consent.given(state.model)
        follows = None if agreed is None else after_answer(state, agreed=agreed)
        if follows is not None:
            self._follow(follows)

    def _say(self) -> None:
        if self._tell is not None and isinstance(self.state, Offered | Fetching):
            tell, self._tell = self._tell, None
            tell(self.status)

    def _follow(self, state: Fetching | Declined) -> None:
        """Do what an answer asks for."""
        self._show(state)
        if self._download is not None:
            self._download.cancel()
        if isinstance(state, Fetching):
            download = ModelDownload(state, self._settings.model_dir, self._show)
            self._download = asyncio.create_task(download.run())
            # One that was cancelled may still be ending its process.
            self._tasks.append(self._download)

    def _show(self, state: State) -> None:
        self.state = state

    async def _watch(self) -> None:
        while True:
            await self._poll()
            await asyncio.sleep(self._poll_s)

    async def _poll(self) -> None:
        """Convert what is of use only then, and take up what is new."""
        here = await self._disk.poll()
        if here is not None and await self._convert(here):
            here = await self._disk.poll()
        # What is loading may have been chosen before the files came.
        if here is None or not self._disk.has_news(here) or self._process.status == "loading":
            return
        self.state = after_arrival(self.state, self._disk.take_up(here))
        await self._process.renew()
        if isinstance(self.state, Offered):
            await self._search()  # what came may have shown that the card is of no use

    async def _convert(self, here: Surroundings) -> bool:
        """Convert a model for the CPU; what is damaged has to be fetched after all.

        Returns whether there was something to convert.
        """
        on_cpu = self._process.info is not None and self._process.info.device == "cpu"
        if isinstance(self.state, Undecided) or not on_cpu:
            return False
        name = self._conversion.find(here)
        if name is None:
            return False
        error = await self._conversion.run(name, here)
        failed = after_failed_conversion(self.state, name, error) if error is not None else None
        if failed is not None:
            self.state = failed
            if failed.error.code == "MODEL_DAMAGED":
                self._apply_consent(failed)
        return True


def _find_better(
    settings: Settings,
    here: Surroundings,
    base_pass_s: float,
    present: EngineInfo | None,
    damaged: str | None,
) -> Found:
    """Return the model that suits this computer, unless it is here.

    `Fetched` is one that is here and has to be converted. One that is damaged is not here.
    """
    try:
        plan = make_plan(settings, here, base_pass_s, present)
    except ModelError:
        return NothingBetter()  # the speech process says it
    model = plan.best.model
    forms = here.on_disk[model.name]
    if forms.problem:
        return NothingBetter()  # it may be here
    size = find_offers(model, plan.form, "auto")[0].size
    if model.name != damaged:
        if here.has(model.name, engines_for(settings.engine, plan.best.device)[0]):
            return NothingBetter()
        if forms.checkpoint is not None and forms.checkpoint.whole:
            return Fetched(model.name, Progress(size, done=size))
    return Offered(model.name, size)
