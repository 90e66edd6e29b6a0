"""The built-in commands with the user's own on top, always up to date with the user's file."""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from itertools import cycle
from pathlib import Path
from typing import Any

import tomli

from voice_assistant.commands.decision import Decision
from voice_assistant.commands.matcher import Matcher, Trace
from voice_assistant.commands.names.candidates import Candidates
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry, read_entries
from voice_assistant.commands.normalise import key
from voice_assistant.commands.wordings.grammar import Grammar
from voice_assistant.errors import ConfigError

_LOG = logging.getLogger(__name__)

# The recogniser has room for about 200 tokens of context, and every one of them costs time.
_PROMPT_APPS = 6
_PROMPT_SITES = 4
_PROMPT_OWN = 12
_PROMPT_VERBS = ("打开", "访问", "启动", "打开", "去", "打开", "运行", "打开")
_PROMPT_ACTIONS = ("截图", "静音", "锁屏")
_PROMPT_SEARCH = (
    "搜索今天的新闻、天气预报、菜谱的做法、电影、歌曲、价格、教程、股票、攻略、意思。"
    "用百度搜索附近的医院。"
)

# Characters; a command with a filler and a particle around it has no more.
_LONGEST_UNCLEAR = 14


class CommandLibrary:
    """Decides what sentences ask for, with the built-in catalogue and the user's file.

    The file is looked at before every decision and read again when it has changed. A broken one
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

    def decide(self, text: str) -> Decision:
        """What `text` asks for."""
        self._refresh()
        return self._matcher.decide(text)

    def trace(self, text: str) -> Trace:
        """What `text` asks for, and how that was found."""
        self._refresh()
        return self._matcher.trace(text)

    def prompt(self) -> str:
        """Phrases for the recogniser to expect: the user's own names, then those asked for most."""
        self._refresh()
        return self._prompt

    def prompt_for(self, text: str, names: int) -> str | None:
        """Phrases for the recogniser to expect when it hears again what it wrote `text` for.

        `None` if another look is not worth its time: nothing was said, or more than a command is.

        Args:
            text: what it wrote.
            names: how many names to expect.
        """
        self._refresh()
        if not 1 < len(key(text)) <= _LONGEST_UNCLEAR:
            return None
        nearest = self._candidates().nearest(text, names)
        phrases = [f"{verb}{name}" for verb, name in zip(cycle(_PROMPT_VERBS), nearest)]
        return "，".join([*_PROMPT_ACTIONS, *phrases]) + "。"

    def alternatives(self, text: str, decision: Decision, names: int) -> tuple[str, ...]:
        """A command with the names in the place of its own that sound most like it.

        Args:
            text: the command as it was written down.
            decision: what it asks for.
            names: how many to try.

        Returns:
            The text as it is, and others; nothing if the name does not stand in it as it is.
        """
        self._refresh()
        folded = text.lower()
        said = [name for name in decision.names if name.lower() in folded]
        if not said:
            return ()
        name = max(said, key=len)
        start = folded.index(name.lower())
        before, after = text[:start], text[start + len(name) :]
        others = [f"{before}{other}{after}" for other in self._candidates().nearest(text, names)]
        return tuple(dict.fromkeys([text, *others]))

    def prompt_for_search(self) -> str:
        """Phrases for the recogniser to expect when it hears a search again: what people look for.

        The first prompt's names of apps pull queries towards them.
        """
        return _PROMPT_SEARCH

    def _refresh(self) -> None:
        stamp = _stamp(self._user_file)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        own = self._own()
        if own is not None:
            self._use(own)

    def _own(self) -> list[Entry] | None:
        """The user's entries; `None`, and `problem` says why, if the file is broken."""
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
        self._prompt = _prompt(own, self._builtin)
        names = [name for entry in self._catalogue.entries for name in entry.names]
        # Many a run never asks for them.
        self._candidates = cache(lambda: Candidates(names, self._grammar.opening.verbs))


def _prompt(own: list[Entry], builtin: list[Entry]) -> str:
    # One list of names, not one phrase a name: after a run of alike phrases base goes on repeating
    # them.
    apps = [entry.name for entry in builtin if entry.kind == "app"][:_PROMPT_APPS]
    sites = [entry.name for entry in builtin if entry.kind == "site"][:_PROMPT_SITES]
    names = "、".join(dict.fromkeys([*(entry.name for entry in own[:_PROMPT_OWN]), *apps, *sites]))
    return f"打开{names}。启动、运行、访问、去看看。锁屏，截图，静音，音量调到五十，搜索天气。"


def _stamp(path: Path) -> tuple[int, ...] | None:
    """Changes whenever the file does; `None` if there is none."""
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
    """The content of one of the files of `data/`: `apps`, `sites` or `grammar`."""
    resource = files("voice_assistant.commands") / "data" / f"{name}.toml"
    data: dict[str, Any] = tomli.loads(resource.read_text(encoding="utf-8"))
    return data
