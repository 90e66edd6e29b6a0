"""Tell what has changed on the disk since a model was last chosen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from voice_assistant.choice.surroundings import NO_CARDS, Cards, Look, Surroundings
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Ready:
    """Hold what a choice depends on, of what is on the disk.

    Attributes:
        models: their names, the forms in which they are here, and when their files were written,
            in nanoseconds since the epoch.
        torch: that is installed.
    """

    models: frozenset[tuple[str, str, int]]
    torch: Installed | None


class DiskWatch:
    """Watch for models, and a torch, that somebody or something puts here.

    Args:
        settings: say where models are kept.
        models: all that are known, by name.
        look: finds out what this computer has; called in a thread.
    """

    def __init__(self, settings: Settings, models: Mapping[str, Model], look: Look) -> None:
        self._settings = settings
        self._models = models
        self._look = look
        self._taken_up: _Ready | None = None

    async def read(self, cards: Cards | None) -> Surroundings:
        """Return what this computer has; if no cards are given, the driver is asked for them."""
        return await asyncio.to_thread(self._look, self._settings, self._models, cards)

    async def poll(self) -> Surroundings | None:
        """Return what is here now; `None` if that cannot be told.

        What the first poll finds was here when a model was chosen.
        """
        here = await self.read(NO_CARDS)
        if problems := [forms.problem for forms in here.on_disk.values() if forms.problem]:
            _LOG.debug("the models on the disk cannot be told: %s", problems[0])
            return None
        if self._taken_up is None:
            self._taken_up = _ready(here)
        return here

    def has_news(self, here: Surroundings) -> bool:
        """Return whether something else is here than what was last taken up."""
        return _ready(here) != self._taken_up

    def take_up(self, here: Surroundings) -> frozenset[str]:
        """Keep what is here as known, and return the models of which something is new."""
        before, self._taken_up = self._taken_up, _ready(here)
        known = before.models if before is not None else frozenset()
        return frozenset(name for name, *_ in self._taken_up.models - known)


def _ready(here: Surroundings) -> _Ready:
    """Return what can be used; models that are still being copied are not here yet."""
    ready = set()
    for name, forms in here.on_disk.items():
        if forms.ctranslate2 is not None:
            ready.add((name, "ctranslate2", forms.ctranslate2.written_ns))
        elif forms.packaged:
            ready.add((name, "ctranslate2", 0))
        if forms.checkpoint is not None and forms.checkpoint.whole:
            ready.add((name, "checkpoint", forms.checkpoint.written_ns))
    return _Ready(frozenset(ready), here.torch)
