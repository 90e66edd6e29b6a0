"""Build what the routes work with, once, at the start of the service."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from voice_assistant.assistant.better_model.offer import ModelFetch
from voice_assistant.assistant.confirmations import Confirmations
from voice_assistant.choice.chooser import Chooser
from voice_assistant.desktop import get_desktop
from voice_assistant.errors import ConfigError, NotReadyError
from voice_assistant.processes.collector import permanent_objects
from voice_assistant.settings import Settings
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.recordings import Recordings

if TYPE_CHECKING:
    from voice_assistant.commands.library import CommandLibrary


class Services:
    """Hold everything that lives as long as the service.

    Args:
        settings: what it was started with.
        chooser: chooses the model.
    """

    def __init__(self, settings: Settings, chooser: Chooser) -> None:
        self.settings = settings
        self.desktop = get_desktop(settings)
        self.confirmations = Confirmations(settings.confirm_ttl_s)
        self.models = chooser.models
        self.process = SpeechProcess(lambda: chooser.next(self.process.info), settings.keep_alive_s)
        self.speech = Recordings(self.process, settings.queue_size)
        self.fetch = ModelFetch(settings, self.process, self.models)
        self._library: asyncio.Task[CommandLibrary] | None = None
        self._began = time.monotonic()

    @property
    def uptime_s(self) -> float:
        """Return the seconds since the start."""
        return round(time.monotonic() - self._began, 1)

    @property
    def commands_problem(self) -> ConfigError | None:
        """Return why the user's commands are not used as they stand, if so."""
        if self._library is None or not self._library.done():
            return None
        return self._library.result().problem

    def start(self) -> None:
        """Load the model and the catalogue in the background, and find a better model."""
        self.process.start()
        self.fetch.start()
        self._library = asyncio.create_task(asyncio.to_thread(_open_library, self.settings))

    async def stop(self) -> None:
        """End the speech process, and a download."""
        await self.fetch.stop()
        await self.process.stop()

    async def library(self) -> CommandLibrary:
        """Return the commands, once they are loaded."""
        if self._library is None:
            raise NotReadyError("LOADING")
        if self._library.done():
            return self._library.result()
        return await asyncio.shield(self._library)


def _open_library(settings: Settings) -> CommandLibrary:
    # Collections that look through pinyin tables would hold up requests. Imported here, and not at
    # the top, since those tables take 0.4 s to load, in which /health can answer.
    with permanent_objects():
        from voice_assistant.commands.library import CommandLibrary
        from voice_assistant.commands.names.entry import this_platform

        library = CommandLibrary(settings.commands_file, this_platform())
        # The tables for Traditional Chinese take a while to load, which must not be a person's.
        library.decide("打開計算器")
    return library
