"""Find the programs that run for this user, by how they would be started."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psutil

from voice_assistant.desktop.base import Argv

RUNS_AS: Mapping[str, frozenset[str]] = {
    "brave-browser": frozenset({"brave"}),
    "calc": frozenset({"calculatorapp", "calculator"}),
    "gnome-terminal": frozenset({"gnome-terminal-server"}),
    "google-chrome": frozenset({"chrome"}),
    "google-chrome-stable": frozenset({"chrome"}),
    "libreoffice": frozenset({"soffice.bin"}),
    "microsoft-edge": frozenset({"msedge"}),
    "microsoft-edge-stable": frozenset({"msedge"}),
    "microsoft-edge:": frozenset({"msedge"}),
    "ms-settings:": frozenset({"systemsettings"}),
    "soffice": frozenset({"soffice.bin"}),
    "telegram-desktop": frozenset({"telegram"}),
    "wt": frozenset({"windowsterminal"}),
}
"""What a program is called once it runs, where that is not the name it was started by."""

_RUNS_OTHERS = re.compile(
    r"(python|perl|ruby|lua|tclsh|wish|node|gjs|java|mono|electron)w?[\d.]*|(ba|da|k|z|fi)?sh|busybox"
)
"""Its name says nothing about what it runs: that is among its arguments."""

_SHELL = re.compile(r"(ba|da|k|z|fi)?sh")
_CODE_FOLLOWS = re.compile(r"-\w*[ce]")

_HOLDS_THE_DESKTOP = frozenset({"explorer"})
"""It shows the Windows taskbar; asked to close, it offers to shut the computer down."""


@dataclass(frozen=True, slots=True)
class Running:
    """Describe a running program of this user.

    Attributes:
        process: the process, safe against another one that gets its number later.
        parent: the number of the process that started it.
        names: what its program is called: as a file, and as it was called when it was started.
        words: its argument list.
        is_wrapper: whether it is a shell script, of which the app may be a child.
    """

    process: psutil.Process
    parent: int
    names: frozenset[str]
    words: tuple[str, ...]
    is_wrapper: bool = False

    def is_run_by(self, argv: Argv) -> bool:
        """Return whether `argv` starts just this.

        Arguments count, as they may say which part of a program it is (`libreoffice --writer`), or
        which script.
        """
        name = plain_name(argv[0])
        called = {name} | RUNS_AS.get(name, frozenset())
        return not called.isdisjoint(self.names) and set(argv[1:]) <= set(self.words)


def plain_name(program: str) -> str:
    """Return the name of a program without its folder, case and `.exe`."""
    return re.split(r"[\\/]", program)[-1].casefold().removesuffix(".exe")


def is_closable(argv: Argv) -> bool:
    """Return whether `argv` tells one app from the others that the same program runs."""
    name = plain_name(argv[0])
    if name in _HOLDS_THE_DESKTOP:
        return False
    return bool(argv[1:]) or not _RUNS_OTHERS.fullmatch(name)


def programs_of_user() -> list[Running]:
    """Return what runs now, as far as the system tells."""
    user = psutil.Process().username()
    found: list[Running] = []
    for process in psutil.process_iter(["ppid", "username", "exe", "cmdline"]):
        about = process.info
        words = tuple(about["cmdline"] or ())
        if about["username"] == user and (about["exe"] or words):
            found.append(_running(process, about["ppid"] or 0, about["exe"] or "", words))
    return found


def find_running(argv: Argv, running: Iterable[Running]) -> list[Running]:
    """Return those of `running` that `argv` starts, without those that one of them has started."""
    everything = list(running)
    found = [each for each in everything if each.is_run_by(argv)]
    apps = [each for each in found if not each.is_wrapper]
    numbers = {each.process.pid for each in apps or found}
    if apps:
        return [each for each in apps if each.parent not in numbers]
    # The app goes by another name, and would go on without its wrapper.
    return found + [each for each in everything if each.parent in numbers and each not in found]


def without_ours(found: Sequence[Running]) -> list[Running]:
    """Return `found` without this service, what it runs in and what works for it.

    Apps that it launched are its children as well, but each has a session of its own.
    """
    me = psutil.Process()
    spared = {me.pid, *(each.pid for each in me.parents())}
    spared.update(each.pid for each in me.children(recursive=True) if _is_helper(me, each))
    return [each for each in found if each.process.pid not in spared]


def _is_helper(me: psutil.Process, child: psutil.Process) -> bool:
    try:
        if sys.platform == "win32":
            return bool(child.exe() == me.exe())
        return os.getsid(child.pid) == os.getsid(me.pid)
    except (psutil.Error, ProcessLookupError):
        return False


def _running(process: psutil.Process, parent: int, exe: str, words: tuple[str, ...]) -> Running:
    names = {plain_name(each) for each in (exe, *words[:1]) if each}
    interpreters = {name for name in names if _RUNS_OTHERS.fullmatch(name)}
    if interpreters:
        names |= {plain_name(_script(words))} - {""}
    return Running(
        process,
        parent,
        frozenset(names),
        words,
        is_wrapper=any(_SHELL.fullmatch(name) for name in interpreters),
    )


def _script(words: Sequence[str]) -> str:
    """Return the file that an interpreter runs, empty if there is none."""
    for word in words[1:]:
        if _CODE_FOLLOWS.fullmatch(word):
            return ""
        if not word.startswith("-"):
            return word
    return ""
