"""Ask an app to quit: find which of its programs run, and tell how it answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import psutil

from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.running import (
    Running,
    find_running,
    is_closable,
    plain_name,
    programs_of_user,
    without_ours,
)

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_FLATPAK_COMMAND = "--command="


def close_first(
    commands: Iterable[Argv],
    names: Sequence[str],
    ask: Callable[[Sequence[Running]], Outcome],
) -> Outcome:
    """Ask the first app that runs to quit.

    Args:
        commands: argument lists that would start it, best first.
        names: what it is called, to say that it does not run.
        ask: asks what was found.

    Returns:
        What `ask` says; `not_running`; `unsupported` if only what must go on was found.
    """
    running = programs_of_user()
    left_alone: Outcome | None = None
    looked_for: list[str] = []
    for command in commands:
        for argv in without_launcher(command):
            if not is_closable(argv):
                left_alone = left_alone or Outcome("unsupported", argv[0])
                continue
            looked_for.append(argv[0])
            found = find_running(argv, running)
            others = without_ours(found)
            if others:
                return ask(others)
            if found:
                left_alone = Outcome("unsupported", f"{argv[0]}: this service runs in it")
    return left_alone or Outcome("not_running", ", ".join(dict.fromkeys([*looked_for, *names])))


def terminate(found: Sequence[Running]) -> Outcome:
    """Ask every process to end, which it may refuse (SIGTERM)."""
    outcome = Outcome("done")
    for each in found:
        try:
            each.process.terminate()
        except psutil.NoSuchProcess:
            # It was faster than we.
            continue
        except psutil.AccessDenied as error:
            outcome = Outcome("failed", str(error))
    return outcome


def without_launcher(argv: Argv) -> Iterator[Argv]:
    """Return what `argv` starts in the end through env, Flatpak, Snap…; at most one."""
    name = plain_name(argv[0])
    if name == "env":
        rest = argv[1:]
        while rest and _ASSIGNMENT.fullmatch(rest[0]):
            rest = rest[1:]
        if rest and not rest[0].startswith("-"):
            yield from without_launcher(rest)
    elif name == "flatpak":
        inside = [each for each in argv if each.startswith(_FLATPAK_COMMAND)]
        yield from ((each.removeprefix(_FLATPAK_COMMAND),) for each in inside[:1])
    elif name == "snap":
        app = [each for each in argv[2:] if not each.startswith("-")]
        yield from ((each,) for each in app[:1])
    elif name == "update":
        # Squirrel, Discord's and Slack's installer: every app has one of that name.
        return
    else:
        yield argv
