"""Define what every desktop can do, and how it tells what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Argv = tuple[str, ...]
"""A program and its arguments; never a shell line."""

OutcomeCode = Literal[
    "started",  # a program runs, or ended at once without an error
    "opened",  # the browser took the address
    "done",  # a system action was carried out
    "dry_run",  # would have been done
    "not_found",  # no such program on this computer
    "not_running",  # there is nothing to close
    "exited",  # the program started and ended at once with an error
    "no_display",  # there is no screen to show it on
    "refused",  # not an http or https address
    "unsupported",  # this system offers no means for it
    "failed",  # the system reported an error
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say how a launch went.

    Attributes:
        code: what happened.
        detail: the technical detail for the log and the person, may be empty: the program, the exit
            code, the last line that it wrote to standard error, the file that was made.
    """

    code: OutcomeCode
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Return whether it was really done."""
        return self.code in ("started", "opened", "done")


class Desktop(Protocol):
    """Act on one computer's desktop; calls block for a moment, so run them in a thread."""

    def start_app(
        self, candidates: Sequence[Argv], names: Sequence[str], *, needs_screen: bool = True
    ) -> Outcome:
        """Start the first of `candidates` that is installed, else an installed app of that name.

        Args:
            candidates: argument lists, best first; may be empty.
            names: what the app is called, to look it up among the installed ones.
            needs_screen: whether to refuse it right away where there is no screen.
        """
        ...

    def close_app(self, commands: Sequence[Argv], names: Sequence[str]) -> Outcome:
        """Ask an app to quit. It may ask its user what to save, and it may refuse.

        Args:
            commands: the argument lists that would start it, best first; may be empty.
            names: what it is called, to look it up among the installed ones.
        """
        ...

    def open_url(self, url: str) -> Outcome:
        """Open an http or https address in the default browser."""
        ...

    def run_system(self, action: str, value: str | None) -> Outcome:
        """Carry out a system action.

        Args:
            action: the value of an `action.Action`; any other is refused.
            value: for 音量 a percentage `"0"`…`"100"` or a step `"+10"`/`"-10"`; for 静音 `None`
                (mute) or `"off"`; for 新建文件夹 its name, or `None`; else `None`.
        """
        ...
