"""Fetch a model in a process beside the service; what the network broke off goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from voice_assistant.errors import ModelError, VoiceError
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

FetchState = Literal["none", "offered", "declined", "fetching", "fetched", "failed"]


@dataclass(frozen=True, slots=True)
class FetchStatus:
    """Hold how far the better model is.

    Attributes:
        state: `none` if there is no better one, or it is here.
        model: its name, if there is one.
        size: bytes to fetch.
        done: bytes that are here.
        rate: bytes per second.
        left_s: seconds it will take; `None` while that is not known.
        error: why it is not here.
    """

    state: FetchState = "none"
    model: str | None = None
    size: int = 0
    done: int = 0
    rate: float = 0.0
    left_s: float | None = None
    error: VoiceError | None = None


class ModelDownload:
    """Fetch a model until it is here, or there is no hope.

    Args:
        model: its name.
        model_dir: where models are kept.
        status: how far it is.
        show: called with the status whenever it has changed.
        sleep: waits so many seconds before the next attempt.
    """

    def __init__(
        self,
        model: str,
        model_dir: Path,
        status: FetchStatus,
        show: Callable[[FetchStatus], None],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._model = model
        self._model_dir = model_dir
        self._status = status
        self._show = show
        self._sleep = sleep
        self._error: ModelError | None = None

    async def run(self) -> None:
        """Fetch the model; what has come by the time this is cancelled is kept."""
        pause_s = _AGAIN_S
        while True:
            self._change(replace(self._status, state="fetching", error=None))
            error = await self._try()
            _LOG.info("fetching %s: %s", self._model, error.code if error else "done")
            if error is None:
                self._change(replace(self._status, state="fetched", left_s=None))
                return
            self._change(replace(self._status, state="failed", error=error))
            if error.code not in _PASSING:
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
        moved = replace(self._status, size=event.total, done=event.done, rate=event.rate)
        self._change(replace(moved, left_s=event.left_s))

    def _change(self, status: FetchStatus) -> None:
        self._status = status
        self._show(status)
