"""Say how the downloader gets on: to a person, or to a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import Protocol

from voice_assistant.console import Console, Style
from voice_assistant.downloader.menu import MenuEntry
from voice_assistant.errors import VoiceError
from voice_assistant.messages import megabytes, say
from voice_assistant.models.download.rate import FetchProgress
from voice_assistant.models.events import DownloadFailed, DownloadNote, DownloadProgress
from voice_assistant.processes.json_lines import write_event, write_json

# Where no line can be redrawn, a new one is written at each of these.
_STEP_PERCENT = 10


class Report(Protocol):
    """Takes news, wherever it goes."""

    def show(self, style: Style, key: str, **params: object) -> None:
        """Say a sentence of `locales/`."""
        ...

    def progress(self, model: str, progress: FetchProgress) -> None:
        """Say how far a model is."""
        ...

    def error(self, error: VoiceError) -> None:
        """Say what went wrong."""
        ...


class ConsoleReport:
    """Write sentences, and a line that is redrawn.

    Args:
        console: where they go.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next_percent = 0.0

    def show(self, style: Style, key: str, **params: object) -> None:
        """See `Report.show`."""
        self._console.show(style, key, **params)

    def progress(self, model: str, progress: FetchProgress) -> None:
        """See `Report.progress`."""
        key = "download.progress" if progress.left_s is not None else "download.no_progress"
        text = say(
            key,
            self._console.language,
            model=model,
            percent=progress.percent,
            done=megabytes(progress.done),
            total=megabytes(progress.total),
            rate=megabytes(progress.rate),
            left=_duration(progress.left_s or 0.0),
        )
        if self._console.is_terminal:
            self._console.redraw(text)
        elif progress.percent >= self._next_percent:
            self._next_percent = progress.percent // _STEP_PERCENT * _STEP_PERCENT + _STEP_PERCENT
            self._console.write("plain", text)

    def error(self, error: VoiceError) -> None:
        """See `Report.error`."""
        self._console.show("error", error.code, **error.params)


class JsonReport:
    """Write one JSON object a line to standard output, each with an `event`."""

    def show(self, style: Style, key: str, **params: object) -> None:
        """Write a `DownloadNote`."""
        del style
        write_event(DownloadNote(key, {name: str(value) for name, value in params.items()}))

    def progress(self, model: str, progress: FetchProgress) -> None:
        """Write a `DownloadProgress`."""
        left_s = None if progress.left_s is None else round(progress.left_s, 1)
        write_event(
            DownloadProgress(model, progress.done, progress.total, round(progress.rate), left_s)
        )

    def error(self, error: VoiceError) -> None:
        """Write a `DownloadFailed`."""
        write_event(DownloadFailed(error.code, {**error.params}))

    def entry(self, entry: MenuEntry) -> None:
        """Write `{"event": "model"}` and what an entry of the menu has."""
        write_json({"event": "model", **asdict(entry)})


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
