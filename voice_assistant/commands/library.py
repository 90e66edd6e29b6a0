"""Keep the built-in commands with the user's own on top, up to date with the user's file."""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli

from voice_assistant.commands.decision import Understanding
from voice_assistant.commands.matcher import Matcher, Trace
from voice_assistant.commands.names.candidates import Candidates
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry, read_entries
from voice_assistant.commands.wordings.grammar import Grammar
from voice_assistant.errors import ConfigError

_LOG = logging.getLogger(__name__)


class CommandLibrary:
    """Decide what sentences ask for, with the built-in catalogue and the user's file.

    The file is checked before every decision and read again when it has changed. A broken one
    keeps the last good one in force, and `problem` says why.

    Args:
        user_file: `commands.toml`; need not exist.
        platform: `linux`, `windows` or `macos`.
    """

    def __init__(self, user_file: Path, platform: str) -> None:
        self._user_file = user_file
        self._platform = platform
        self.problem: ConfigError | None = None
        self._grammar = Grammar(builtin("grammar"))
        self._builtin = [*read_entries(builtin("apps")), *read_entries(builtin("sites"))]
        self._stamp = _stamp(user_file)
        self._use(self._own() or [])

    def decide(self, text: str) -> Understanding:
        """Return what `text` asks for."""
        self._refresh()
        return self._matcher.decide(text)

    def trace(self, text: str) -> Trace:
        """Return what `text` asks for, and how that was found."""
        self._refresh()
        return self._matcher.trace(text)

    def catalogue(self) -> Catalogue:
        """Return everything that can be opened, the user's own first."""
        self._refresh()
        return self._catalogue

    def nearest(self, text: str, count: int) -> list[str]:
        """Return the names that sound most like a part of a text, likeliest first.

        Args:
            text: what the recogniser wrote.
            count: how many names.
        """
        self._refresh()
        return self._candidates().nearest(text, count)

    def _refresh(self) -> None:
        stamp = _stamp(self._user_file)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        own = self._own()
        if own is not None:
            self._use(own)

    def _own(self) -> list[Entry] | None:
        """Return the user's entries; `None`, and `problem` says why, if the file is broken."""
        self.problem = None
        try:
            return _read(self._user_file) if self._stamp else []
        except ConfigError as error:
            self.problem = error
            _LOG.warning("%s is not used: %s", self._user_file, error.params["detail"])
            return None

    def _use(self, own: list[Entry]) -> None:
        self._catalogue = Catalogue([*own, *self._builtin])
        self._matcher = Matcher(self._grammar, self._catalogue, self._platform)
        names = [name for entry in self._catalogue.entries for name in entry.names]
        # Many a run never asks for them.
        self._candidates = cache(lambda: Candidates(names, self._grammar.opening.verbs))


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Return what changes whenever the file does; `None` if there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read(path: Path) -> list[Entry]:
    try:
        data = tomli.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError("CONFIG_INVALID", detail=str(error)) from error
    return read_entries(data, of_user=True)


def builtin(name: str) -> dict[str, Any]:
    """Return the content of one of the files of `data/`: `apps`, `sites` or `grammar`."""
    resource = files("voice_assistant.commands") / "data" / f"{name}.toml"
    data: dict[str, Any] = tomli.loads(resource.read_text(encoding="utf-8"))
    return data
