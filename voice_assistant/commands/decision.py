"""What an utterance asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Argv = tuple[str, ...]
"""A program and its arguments; never a shell line."""

Kind = Literal["app", "site"] | None
"""What a name was called: 微信软件, 百度网站; `None` if it was not said."""

CommandType = Literal["app", "site", "search", "system"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What an utterance asks for.

    Attributes:
        kind: `command`; `chat`, for the language model; `unresolved`, worded like a command but
            with a name that the catalogue does not have: chat too, with a suggestion.
        reason: why, for programs: `exact`, `pinyin`, `near_pinyin` (how the name was found),
            `no_wording`, `unknown_name`, `ambiguous_name`, `empty` or `too_long`.
        confidence: 0…1; 0 when it is not a command.
        command_type: set for commands.
        target: the catalogue entry's name, the search query as it was said, the system action, or
            the name that is not known.
        commands: for an app, the argument lists to try on this platform, best first.
        names: for an app or a site, what it is called; an app is found by it among the installed
            ones.
        own: for an app, whether the user added it; such a command may need no screen.
        url: for a site or a search, the address to open; for an app, that of the site of its name,
            if there is one, for when the app is not installed.
        app_first: for a site, whether an installed app of its name is to be started instead.
        remainder: what was said after the name and is not done, normalised.
        value: for a system action, its value (`"50"`, `"+10"`, `"off"`), if it has one.
        needs_confirmation: whether a person has to confirm it first.
        choices: names that it may have been.
    """

    kind: Literal["command", "chat", "unresolved"]
    reason: str
    confidence: float = 0.0
    command_type: CommandType | None = None
    target: str | None = None
    commands: tuple[Argv, ...] = ()
    names: tuple[str, ...] = ()
    own: bool = False
    url: str | None = None
    app_first: bool = False
    remainder: str | None = None
    value: str | None = None
    needs_confirmation: bool = False
    choices: tuple[str, ...] = ()

    @property
    def is_command(self) -> bool:
        """Whether there is something to do."""
        return self.kind == "command"
