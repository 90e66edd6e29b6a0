"""Act on a Linux desktop: programs on the PATH, `.desktop` entries, the usual tools."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from voice_assistant.desktop.action import Action, checked
from voice_assistant.desktop.address import is_web_address
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.closing import close_first
from voice_assistant.desktop.environment import user_environment
from voice_assistant.desktop.linux.display import display_problem
from voice_assistant.desktop.linux.installed_apps import InstalledApps
from voice_assistant.desktop.linux.tools import carry_out
from voice_assistant.desktop.linux.x11 import ask_to_close
from voice_assistant.desktop.process import WATCH_S, find_program, launch, not_started

OPENERS: tuple[Argv, ...] = (
    ("xdg-open",),
    ("x-www-browser",),
    ("firefox",),
    ("chromium",),
    ("google-chrome",),
    ("microsoft-edge",),
)
"""What opens an address, best first, after `$BROWSER`; the address goes last."""

TERMINALS: tuple[Argv, ...] = (
    ("x-terminal-emulator", "-e"),
    ("gnome-terminal", "--"),
    ("konsole", "-e"),
    ("xfce4-terminal", "-x"),
    ("xterm", "-e"),
)
"""What runs a program in a terminal; the program and its arguments go last."""

OPENER_WATCH_S = 0.6
"""xdg-open is a shell script that tries several openers before it gives up: 0.4 to 0.5 s where the
browser refuses to start (xdg-utils 1.1.3, two busy cores)."""


class LinuxDesktop:
    """See `Desktop`.

    Args:
        environ: our environment; looked at anew for each call.
        watch_s: how long an app is watched before it counts as started, in seconds.
        opener_watch_s: the same for what opens an address.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        *,
        watch_s: float = WATCH_S,
        opener_watch_s: float = OPENER_WATCH_S,
    ) -> None:
        self._environ = environ
        self._watch_s = watch_s
        self._opener_watch_s = opener_watch_s
        self._installed = InstalledApps()

    def start_app(
        self, candidates: Sequence[Argv], names: Sequence[str], *, needs_screen: bool = True
    ) -> Outcome:
        """Start the first of `candidates` on the PATH, else the installed app of that name."""
        environ = user_environment(self._environ)
        problem = display_problem(environ) if needs_screen else None
        if problem is not None:
            return Outcome("no_display", problem)
        for argv in candidates:
            outcome = _start(argv, environ, self._watch_s)
            if outcome.code != "not_found":
                return outcome
        for entry in self._installed.find(names, environ):
            for argv in _in_terminal(entry.argv) if entry.terminal else (entry.argv,):
                outcome = _start(argv, environ, self._watch_s, entry.cwd)
                if outcome.code != "not_found":
                    return outcome
        looked_for = [argv[0] for argv in candidates] + list(names)
        return Outcome("not_found", ", ".join(dict.fromkeys(looked_for)))

    def close_app(self, commands: Sequence[Argv], names: Sequence[str]) -> Outcome:
        """Ask the first app of `commands` that runs, else the installed one of that name."""
        environ = user_environment(self._environ)
        installed = (entry.argv for entry in self._installed.find(names, environ))
        return close_first(
            [*commands, *installed], names, lambda found: ask_to_close(found, environ)
        )

    def open_url(self, url: str) -> Outcome:
        """Open an http or https address in the default browser."""
        if not is_web_address(url):
            return Outcome("refused", repr(url)[:200])
        environ = user_environment(self._environ)
        problem = display_problem(environ)
        failed = Outcome("no_display", problem) if problem else Outcome("not_found", "no browser")
        # The user's own choice may well be one that needs no screen.
        for argv in [*_chosen(url, environ), *(() if problem else _openers(url))]:
            outcome = _start(argv, environ, self._opener_watch_s)
            if outcome.ok:
                return Outcome("opened", outcome.detail)
            if outcome.code != "not_found":
                failed = outcome
        return failed

    def run_system(self, action: str, value: str | None) -> Outcome:
        """Carry out a system action with the first tool that can."""
        known = checked(action, value)
        if isinstance(known, Outcome):
            return known
        environ = user_environment(self._environ)
        problem = display_problem(environ) if known is Action.SCREENSHOT else None
        if problem is not None:
            return Outcome("no_display", problem)
        return carry_out(known, value, environ)


def _start(
    argv: Argv, environ: Mapping[str, str], watch_s: float, cwd: Path | None = None
) -> Outcome:
    program = find_program(argv[0], environ)
    if program is None:
        return Outcome("not_found", argv[0])
    try:
        return launch((program, *argv[1:]), environ, watch_s=watch_s, cwd=cwd)
    except OSError as error:
        return not_started(argv, error)


def _in_terminal(argv: Argv) -> Iterator[Argv]:
    return ((*terminal, *argv) for terminal in TERMINALS)


def _chosen(url: str, environ: Mapping[str, str]) -> Iterator[Argv]:
    """Argument lists that open `url` with what the user has put into `$BROWSER`."""
    for line in environ.get("BROWSER", "").split(":"):
        try:
            words = shlex.split(line)
        except ValueError:
            continue
        if words and "%s" in line:
            yield tuple(word.replace("%s", url) for word in words)
        elif words:
            yield (*words, url)


def _openers(url: str) -> Iterator[Argv]:
    return ((*argv, url) for argv in OPENERS)
