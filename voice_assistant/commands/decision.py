"""Say what an utterance asks for: a class for each kind of request.

Where decisions are told apart (acted on, worded, logged, explained), `assert_never` ends the cases,
so that mypy names every place that a new kind has to be added to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Argv = tuple[str, ...]
"""A program and its arguments; never a shell line."""

Kind = Literal["app", "site"] | None
"""What a name was called: 微信软件, 百度网站; `None` if it was not said."""

CommandType = Literal["app", "site", "search", "system"]

Level = Literal["exact", "pinyin", "near_pinyin"]
"""How a name or a wording was found: as it is written, by its sound, by a sound near to it."""

CONFIDENCE: dict[Level, float] = {"exact": 1.0, "pinyin": 0.9, "near_pinyin": 0.7}
"""How sure a command is, 0…1, by how its name was found.

Nothing depends on more than their order: of the launches that `benchmarks/thresholds.py` counts,
96 %, 94 % and 89 % are right.
"""


@dataclass(frozen=True, slots=True)
class OpenApp:
    """Ask for an app, or for the site of its name where it is not installed.

    Attributes:
        reason: how its name was found.
        name: the catalogue entry's.
        names: what it is called, to find it among the installed ones.
        commands: the argument lists to try on this platform, best first.
        own: whether the user added it; such a command may need no screen.
        fallback_url: the address of the site of its name, if there is one.
    """

    command_type: ClassVar[CommandType] = "app"
    needs_confirmation: ClassVar[bool] = False

    reason: Level
    name: str
    names: tuple[str, ...]
    commands: tuple[Argv, ...] = ()
    own: bool = False
    fallback_url: str | None = None

    @property
    def target(self) -> str:
        """Return what the contract calls `command_target`: the name."""
        return self.name


@dataclass(frozen=True, slots=True)
class OpenSite:
    """Ask for a site.

    Attributes:
        reason: how its name was found.
        name: the catalogue entry's.
        names: what it is called, to find an app of its name among the installed ones.
        url: its address.
        own: whether the user added it.
        app_first: whether an installed app of its name is to be started instead.
    """

    command_type: ClassVar[CommandType] = "site"
    needs_confirmation: ClassVar[bool] = False

    reason: Level
    name: str
    names: tuple[str, ...]
    url: str
    own: bool = False
    app_first: bool = False

    @property
    def target(self) -> str:
        """Return what the contract calls `command_target`: the name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Search:
    """Ask to search.

    Attributes:
        reason: how the site's name was found.
        query: as it was said.
        url: the address that searches for it.
    """

    command_type: ClassVar[CommandType] = "search"
    needs_confirmation: ClassVar[bool] = False

    reason: Level
    query: str
    url: str

    @property
    def target(self) -> str:
        """Return what the contract calls `command_target`: the query."""
        return self.query


@dataclass(frozen=True, slots=True)
class SystemAction:
    """Ask something of the computer itself.

    Attributes:
        reason: how its wording was found.
        name: 锁屏, 音量 …
        value: `"50"`, `"+10"`, `"off"` …, if it has one.
        needs_confirmation: whether a person has to confirm it first.
    """

    command_type: ClassVar[CommandType] = "system"

    reason: Level
    name: str
    value: str | None = None
    needs_confirmation: bool = False

    @property
    def target(self) -> str:
        """Return what the contract calls `command_target`: the action."""
        return self.name


@dataclass(frozen=True, slots=True)
class CloseApp:
    """Ask to close an app; a person has to confirm it, for what is not saved may be lost.

    Attributes:
        reason: how its name was found.
        name: the catalogue entry's.
        names: what it is called, to find it among the running ones.
        commands: the argument lists that start it on this platform, best first.
        own: whether the user added it.
    """

    command_type: ClassVar[CommandType] = "system"
    needs_confirmation: ClassVar[bool] = True
    target: ClassVar[str] = "关闭"

    reason: Level
    name: str
    names: tuple[str, ...]
    commands: tuple[Argv, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Chat:
    """Leave the sentence to the language model.

    Attributes:
        reason: why, for programs.
    """

    reason: Literal["no_wording", "empty", "too_long"]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Suggest names: the sentence is worded like a command, but its name stands for no one entry.

    Attributes:
        name: what was said, if the catalogue does not have it; `None` if several entries have it.
        choices: names that it may have been.
    """

    name: str | None
    choices: tuple[str, ...]

    @property
    def reason(self) -> Literal["unknown_name", "ambiguous_name"]:
        """Return why it is not resolved, for programs."""
        return "ambiguous_name" if self.name is None else "unknown_name"


Command = OpenApp | OpenSite | Search | SystemAction | CloseApp
"""What can be carried out."""

Decision = Command | Chat | Unresolved
"""One thing that an utterance asks for."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """Hold what an utterance asks for.

    Attributes:
        text: the utterance, as it was said.
        decisions: what is asked for, one after the other; at least one.
        remainder: what was said after the last one and is not done, normalised.
    """

    text: str
    decisions: tuple[Decision, ...]
    remainder: str | None = None

    @property
    def command(self) -> Command | None:
        """Return the first thing to carry out; `None` if there is nothing to do."""
        first = self.decisions[0]
        return None if isinstance(first, Chat | Unresolved) else first

    @property
    def is_command(self) -> bool:
        """Return whether there is something to do."""
        return self.command is not None

    @property
    def command_type(self) -> CommandType | None:
        """Return what kind of command it is; `None` if there is nothing to do."""
        return self.command.command_type if self.command else None

    @property
    def target(self) -> str | None:
        """Return the command's target; `None` if there is nothing to do."""
        return self.command.target if self.command else None

    @property
    def confidence(self) -> float:
        """Return how sure the command is, 0…1; 0 if there is nothing to do."""
        return CONFIDENCE[self.command.reason] if self.command else 0.0
