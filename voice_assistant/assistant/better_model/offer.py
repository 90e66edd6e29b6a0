"""The model that would suit this computer better: offered, fetched in the background, taken up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from voice_assistant.assistant.better_model.consent import Consent
from voice_assistant.assistant.better_model.conversion import ModelConversion
from voice_assistant.assistant.better_model.download import FetchStatus, ModelDownload
from voice_assistant.choice.plan import make_plan
from voice_assistant.choice.surroundings import NO_CARDS, Cards, Look, Surroundings, look_around
from voice_assistant.errors import ModelError, VoiceError
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.models.download.offer import find_offers
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineInfo
from voice_assistant.speech.service.process import SpeechProcess

_LOG = logging.getLogger(__name__)

# Somebody may fetch a model by hand, too.
_LOOK_S = 3.0

_Models = set[tuple[str, str, int]]
"""Models, the engines that can read them, and when their files were written."""

_Here = tuple[_Models, Installed | None]
"""What a choice depends on: the models that are here, and torch."""


class ModelFetch:
    """Looks after the model that suits this computer.

    Args:
        settings: of the service.
        process: which takes up what has come.
        models: all that are known, by name.
        look: finds out what this computer has.
    """

    def __init__(
        self,
        settings: Settings,
        process: SpeechProcess,
        models: Mapping[str, Model],
        look: Look = look_around,
    ) -> None:
        self._settings = settings
        self._process = process
        self._models = models
        self._look_around = look
        self._consent = Consent(settings)
        self._conversion = ModelConversion(settings)
        self._tasks: list[asyncio.Task[None]] = []
        self._download: asyncio.Task[None] | None = None
        self._tell: Callable[[FetchStatus], None] | None = None
        self._looked = False
        self._here: _Here | None = None
        self.status = FetchStatus()

    def start(self) -> None:
        """Begin to look."""
        if self._settings.engine != "fake":
            self._tasks = [asyncio.create_task(self._offer()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        """Let go of everything; what has come is kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def on_offer(self, tell: Callable[[FetchStatus], None]) -> None:
        """Have a function called, once, if there is a better model and nobody said no to it."""
        self._tell = tell
        self._say()

    def answer(self, *, agreed: bool) -> None:
        """A person has answered the offer, which is not made again, or has had enough of it."""
        model, state = self.status.model, self.status.state
        if model is None or state == "fetched" or (agreed and state == "fetching"):
            return
        self._consent.remember(model, agreed=agreed)
        if self._download is not None:
            self._download.cancel()
        if agreed:
            self._fetch(model)
        else:
            self._show(replace(self.status, state="declined", error=None))

    async def _offer(self) -> None:
        # How fast this computer is shows once base has been warmed; where nothing can be loaded,
        # a model is needed all the more.
        with suppress(VoiceError):
            await self._process.until_ready()
        info = self._process.info
        base_pass_s = info.pass_s if info and (info.model, info.device) == ("base", "cpu") else 0.0
        no_use = self._failed_with("GPU_UNUSABLE") is not None
        here = await self._what_is_here(NO_CARDS if no_use else None)
        damaged = self._failed_with("MODEL_DAMAGED")
        found = _find_better(
            *(self._settings, here, base_pass_s, self._process.info),
            str(damaged.params["model"]) if damaged else None,
        )
        # Somebody may have answered meanwhile.
        if self.status.state in ("none", "offered"):
            self.status = found
            if found.state == "offered":
                self._ask()
        self._looked = True
        self._say()

    def _failed_with(self, code: str) -> VoiceError | None:
        """Whether that kept something better from being loaded."""
        found = (self._process.problem, self._process.fallback)
        return next((error for error in found if error is not None and error.code == code), None)

    def _ask(self) -> None:
        """Offer the model, unless somebody has answered already."""
        model = self.status.model or ""
        agreed = self._consent.given(model)
        if agreed:
            self._fetch(model)
        elif agreed is False:
            self._show(replace(self.status, state="declined"))

    def _say(self) -> None:
        if self._tell is not None and self._looked and self.status.state in ("offered", "fetching"):
            tell, self._tell = self._tell, None
            tell(self.status)

    def _fetch(self, model: str) -> None:
        self._show(replace(self.status, state="fetching", error=None))
        download = ModelDownload(model, self._settings.model_dir, self.status, self._show)
        self._download = asyncio.create_task(download.run())
        # One that was cancelled may still be ending its process.
        self._tasks.append(self._download)

    def _show(self, status: FetchStatus) -> None:
        self.status = status

    async def _watch(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(_LOOK_S)

    async def _look(self) -> None:
        here = await self._what_is_here(NO_CARDS)
        if problems := [forms.problem for forms in here.on_disk.values() if forms.problem]:
            _LOG.debug("models cannot be looked at: %s", problems[0])
            return
        if self._here is None:
            self._here = _ready(here)
        if self._looked and self._on_cpu and await self._convert(here):
            here = await self._what_is_here(NO_CARDS)
        now = _ready(here)
        # What is loading may have been chosen before the files came.
        if now != self._here and self._process.status != "loading":
            self._withdraw(now[0] - self._here[0])
            self._here = now
            await self._process.renew()
            if self.status.state == "offered":
                await self._offer()  # what came may have shown that the card is of no use

    async def _what_is_here(self, cards: Cards | None) -> Surroundings:
        return await asyncio.to_thread(self._look_around, self._settings, self._models, cards)

    async def _convert(self, here: Surroundings) -> bool:
        """Convert what is of use only then; what is damaged has to be fetched after all.

        Returns whether there was something to convert.
        """
        name = self._conversion.find(here)
        if name is None:
            return False
        error = await self._conversion.run(name, here)
        if error is not None and (name, self.status.state) == (self.status.model, "fetched"):
            self._show(replace(self.status, state="failed", error=error, done=0))
            if error.code == "MODEL_DAMAGED":
                self._ask()
        return True

    def _withdraw(self, new: _Models) -> None:
        """What somebody has put here is not offered any more."""
        if self.status.state != "fetching" and any(name == self.status.model for name, *_ in new):
            self._show(replace(self.status, state="fetched", error=None))

    @property
    def _on_cpu(self) -> bool:
        return self._process.info is not None and self._process.info.device == "cpu"


def _find_better(
    settings: Settings,
    here: Surroundings,
    base_pass_s: float,
    present: EngineInfo | None,
    damaged: str | None,
) -> FetchStatus:
    """The model that suits this computer, unless it is here.

    `fetched` is one that is here and has to be converted. One that is damaged is not here.
    """
    try:
        plan = make_plan(settings, here, base_pass_s, present)
    except ModelError:
        return FetchStatus()  # the speech process says it
    model = plan.best.model
    forms = here.on_disk[model.name]
    if forms.problem:
        return FetchStatus()  # it may be here
    size = find_offers(model, plan.form, "auto")[0].size
    if model.name != damaged:
        on_torch = plan.best.device == "cuda" or settings.engine == "torch"
        if here.has(model.name, "torch" if on_torch else "ctranslate2"):
            return FetchStatus()
        if forms.checkpoint is not None and forms.checkpoint.whole:
            return FetchStatus("fetched", model.name, size, size)
    return FetchStatus("offered", model.name, size)


def _ready(here: Surroundings) -> _Here:
    """Models that are still being copied are not here yet."""
    ready = set()
    for name, forms in here.on_disk.items():
        if forms.ctranslate2 is not None:
            ready.add((name, "ctranslate2", forms.ctranslate2.written_ns))
        elif forms.packaged:
            ready.add((name, "ctranslate2", 0))
        if forms.checkpoint is not None and forms.checkpoint.whole:
            ready.add((name, "torch", forms.checkpoint.written_ns))
    return ready, here.torch
