"""Say how the downloader gets on: to a person, or to a program."""

from __future__ import annotations

from dataclasses import asdict
from typing import Protocol

from voice_assistant.console import Console, Kind
from voice_assistant.downloader.menu import MenuEntry
from voice_assistant.errors import VoiceError
from voice_assistant.messages import megabytes, say
from voice_assistant.models.download.rate import Progress
from voice_assistant.processes.json_lines import write_json

# Where no line can be redrawn, a new one is written at each of these.
_STEP_PERCENT = 10


class Report(Protocol):
    """Takes news, wherever it goes."""

    def show(self, kind: Kind, key: str, **params: object) -> None:
        """Say a sentence of `locales/`."""
        ...

    def progress(self, model: str, progress: Progress) -> None:
        """Say how far a model is."""
        ...

    def error(self, error: VoiceError) -> None:
        """Say what went wrong."""
        ...


class ConsoleReport:
    """Writes sentences, and a line that is redrawn.

    Args:
        console: where they go.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._next_percent = 0.0

    def show(self, kind: Kind, key: str, **params: object) -> None:
        """See `Report.show`."""
        self._console.show(kind, key, **params)

    def progress(self, model: str, progress: Progress) -> None:
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
    """Writes one JSON object a line to standard output, each with an `event`."""

    def show(self, kind: Kind, key: str, **params: object) -> None:
        """Write `{"event": "note", "key": …}` and what the sentence names."""
        del kind
        write_json({"event": "note", "key": key, "params": {k: str(v) for k, v in params.items()}})

    def progress(self, model: str, progress: Progress) -> None:
        """Write `{"event": "progress", …}`: bytes, bytes per second, seconds left."""
        write_json(
            {
                "event": "progress",
                "model": model,
                "done": progress.done,
                "total": progress.total,
                "rate": round(progress.rate),
                "left_s": None if progress.left_s is None else round(progress.left_s, 1),
            }
        )

    def error(self, error: VoiceError) -> None:
        """Write `{"event": "error", "code": …, "params": …}`."""
        write_json({"event": "error", "code": error.code, "params": error.params})

    def entry(self, entry: MenuEntry) -> None:
        """Write `{"event": "model", "name": …}` and what else an entry of the menu has."""
        write_json({"event": "model", **asdict(entry)})


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
