"""Fetch a model in a process beside the service; what the network broke off goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from voice_assistant.assistant.better_model.states import Failed, Fetched, Fetching
from voice_assistant.errors import ModelError
from voice_assistant.models.events import DownloadFailed, DownloadProgress
from voice_assistant.processes.helper import run_module
from voice_assistant.processes.json_lines import EventReader

_LOG = logging.getLogger(__name__)

_EVENTS: EventReader[DownloadProgress | DownloadFailed] = EventReader(
    DownloadProgress, DownloadFailed
)

# What may pass by itself; people should not have to come back for that.
_PASSING = ("DOWNLOAD_UNREACHABLE", "DOWNLOAD_STALLED", "DOWNLOAD_REFUSED", "DISK_FULL")
_AGAIN_S = 60.0
_MOST_AGAIN_S = 1800.0


class ModelDownload:
    """Fetch a model until it is here, or there is no hope.

    Args:
        fetching: the model, and how far it is.
        model_dir: where models are kept.
        show: called with what has become of it whenever that has changed.
        sleep: waits so many seconds before the next attempt.
    """

    def __init__(
        self,
        fetching: Fetching,
        model_dir: Path,
        show: Callable[[Fetching | Fetched | Failed], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._fetching = fetching
        self._model = fetching.model
        self._model_dir = model_dir
        self._show = show
        self._sleep = sleep
        self._error: ModelError | None = None

    async def run(self) -> None:
        """Fetch the model; what has come by the time this is cancelled is kept."""
        pause_s = _AGAIN_S
        while True:
            self._show(self._fetching)
            error = await self._try()
            _LOG.info("fetching %s: %s", self._model, error.code if error else "done")
            self._show(self._fetching.ended(error))
            if error is None or error.code not in _PASSING:
                return
            await self._sleep(pause_s)
            pause_s = min(2 * pause_s, _MOST_AGAIN_S)

    async def _try(self) -> ModelError | None:
        """Run the downloader once, and return what went wrong."""
        self._error = None
        arguments = ("--model", self._model, "--json", "--dir", str(self._model_dir))
        try:
            code = await run_module(
                "voice_assistant.downloader", *arguments, events=_EVENTS, on_event=self._take
            )
        except OSError as failure:
            return ModelError("DOWNLOAD_FAILED", model=self._model, detail=str(failure))
        if code == 0:
            return None
        return self._error or ModelError(
            "DOWNLOAD_FAILED", model=self._model, detail=f"exit {code}"
        )

    def _take(self, event: DownloadProgress | DownloadFailed) -> None:
        if isinstance(event, DownloadFailed):
            self._error = ModelError(event.code, **event.params)
            return
        self._fetching = self._fetching.moved(event)
        self._show(self._fetching)
