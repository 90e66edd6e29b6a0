from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence

import psutil
import pytest

from voice_assistant.desktop import closing
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.closing import close_first, terminate, without_launcher
from voice_assistant.desktop.macos import runs_this_service
from voice_assistant.desktop.running import Running, programs_of_user

RunAs = Callable[..., "subprocess.Popen[bytes]"]
LONG_S = 20.0


@pytest.fixture
def asked() -> list[int]:
    return []


@pytest.fixture
def ask(asked: list[int]) -> Callable[[Sequence[Running]], Outcome]:
    """Remembers who was asked, in `asked`."""

    def remember(found: Sequence[Running]) -> Outcome:
        asked.extend(each.process.pid for each in found)
        return Outcome("done")

    return remember


Ask = Callable[[Sequence[Running]], Outcome]


def test_only_the_first_app_that_runs_is_asked(
    run_as: RunAs, unheard_of: str, ask: Ask, asked: list[int]
) -> None:
    first, second = run_as(f"{unheard_of}-1"), run_as(f"{unheard_of}-2")
    commands = [("missing",), (f"{unheard_of}-1",), (f"{unheard_of}-2",)]
    assert close_first(commands, (), ask) == Outcome("done")
    assert asked == [first.pid]
    assert close_first(commands[::-1], (), ask) == Outcome("done")
    assert asked == [first.pid, second.pid]


def test_none_runs(unheard_of: str, ask: Ask) -> None:
    outcome = close_first([(unheard_of,), (unheard_of, "-x")], ("应用",), ask)
    assert outcome == Outcome("not_running", f"{unheard_of}, 应用")


def test_this_service_is_never_asked(
    monkeypatch: pytest.MonkeyPatch, ask: Ask, asked: list[int]
) -> None:
    me = Running(psutil.Process(), 1, frozenset({"terminal"}), ("terminal",))
    monkeypatch.setattr(closing, "programs_of_user", lambda: [me])
    outcome = close_first([("terminal",)], (), ask)
    assert outcome == Outcome("unsupported", "terminal: this service runs in it")
    assert asked == []


def test_what_runs_others_is_never_asked(ask: Ask, asked: list[int]) -> None:
    assert close_first([("python3",), ("bash",)], (), ask) == Outcome("unsupported", "python3")
    assert asked == []


def test_the_end_is_a_request(run_as: RunAs, unheard_of: str) -> None:
    app = run_as(unheard_of)
    (found,) = [each for each in programs_of_user() if each.process.pid == app.pid]
    assert terminate([found]) == Outcome("done")
    assert app.wait(LONG_S) == -signal.SIGTERM
    assert terminate([found]) == Outcome("done")


def test_a_process_that_may_not_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(process: psutil.Process) -> None:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "terminate", refuse)
    me = Running(psutil.Process(), 0, frozenset(), ())
    outcome = terminate([me])
    assert outcome.code == "failed"
    assert str(os.getpid()) in outcome.detail


@pytest.mark.parametrize(
    ("argv", "inside"),
    [
        (("wechat", "-x"), [("wechat", "-x")]),
        (("env", "A=1", "B_2=x y", "/snap/bin/firefox", "-p"), [("/snap/bin/firefox", "-p")]),
        (("/usr/bin/env", "-i", "app"), []),
        (("env",), []),
        (
            ("flatpak", "run", "--arch=x86_64", "--command=wechat", "com.tencent.WeChat"),
            [("wechat",)],
        ),
        (("flatpak", "run", "com.tencent.WeChat"), []),
        (("snap", "run", "--x", "spotify", "-y"), [("spotify",)]),
        (("env", "A=1", "flatpak", "run", "--command=a", "b"), [("a",)]),
        ((r"C:\Discord\Update.exe", "--processStart", "Discord.exe"), []),
    ],
)
def test_what_a_launcher_runs(argv: Argv, inside: list[Argv]) -> None:
    assert list(without_launcher(argv)) == inside


def test_the_app_that_runs_this_service(monkeypatch: pytest.MonkeyPatch) -> None:
    class Parent:
        def exe(self) -> str:
            return "/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal"

    class Process:
        def parents(self) -> list[Parent]:
            return [Parent()]

    monkeypatch.setattr(psutil, "Process", Process)
    assert runs_this_service("TERMINAL.app")
    assert not runs_this_service("iTerm.app")
