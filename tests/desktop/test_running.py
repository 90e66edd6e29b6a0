from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from voice_assistant.desktop.base import Argv
from voice_assistant.desktop.running import (
    Running,
    find_running,
    is_closable,
    plain_name,
    programs_of_user,
    without_ours,
)

RunAs = Callable[..., "subprocess.Popen[bytes]"]
MakeTool = Callable[[str, str], Path]


def found(*argv: str) -> set[int]:
    return {each.process.pid for each in find_running(argv, programs_of_user())}


def test_by_the_name_it_was_started_by(run_as: RunAs, unheard_of: str) -> None:
    assert found(unheard_of) == set()
    apps = {run_as(unheard_of).pid, run_as(unheard_of, "--new").pid}
    run_as(f"{unheard_of}-settings")
    assert found(unheard_of) == apps
    assert found(f"/usr/bin/{unheard_of}") == apps


def test_arguments_count(run_as: RunAs, unheard_of: str) -> None:
    run_as(unheard_of, "--calc")
    writer = run_as(unheard_of, "file.odt", "--writer")
    assert found(unheard_of, "--writer") == {writer.pid}


def test_a_script(make_tool: MakeTool, unheard_of: str) -> None:
    script = make_tool(unheard_of, "read line")
    with subprocess.Popen([script], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert found(unheard_of) == {process.pid}
        assert found("sh", str(script)) == {process.pid}


@pytest.fixture
def code_with_a_name(unheard_of: str) -> Iterator[subprocess.Popen[bytes]]:
    """A shell whose code ends with a program's path."""
    code = f"read line; : /opt/{unheard_of}"
    with subprocess.Popen(["/bin/sh", "-c", code], stdin=subprocess.PIPE) as process:
        yield process


@pytest.mark.usefixtures("code_with_a_name")
def test_code_is_no_script(unheard_of: str) -> None:
    assert found(unheard_of) == set()


def running(pid: int, parent: int, *words: str, is_wrapper: bool = False) -> Running:
    class Process:
        def __init__(self) -> None:
            self.pid = pid

    names = frozenset({plain_name(words[1] if is_wrapper else words[0])})
    return Running(Process(), parent, names, words, is_wrapper)


def numbers(argv: Argv, *programs: Running) -> list[int]:
    return [each.process.pid for each in find_running(argv, programs)]


def test_what_a_found_program_started_ends_with_it() -> None:
    first, second = running(5, 1, "firefox"), running(7, 1, "firefox")
    child = running(6, 5, "firefox", "-contentproc")
    assert numbers(("firefox",), child, first, second) == [5, 7]


def test_a_wrapper_is_not_the_app() -> None:
    wrapper = running(5, 1, "/bin/sh", "/usr/bin/wps", is_wrapper=True)
    app, other = running(6, 5, "/opt/wps"), running(8, 5, "tee")
    assert numbers(("wps",), wrapper, app, other) == [6]
    renamed = running(6, 5, "/opt/kingsoft")
    assert numbers(("wps",), wrapper, renamed) == [5, 6]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("gnome-terminal",), "/usr/libexec/gnome-terminal-server"),
        (("google-chrome",), "/opt/google/chrome/chrome"),
        (("wechat",), r"C:\Tencent\WeChat.exe"),
        (("NOTEPAD.EXE",), "notepad.exe"),
    ],
)
def test_names_of_the_same_program(argv: Argv, words: str) -> None:
    assert numbers(argv, running(5, 1, words)) == [5]


def test_what_runs_others_is_closed_only_with_what_it_runs() -> None:
    for name in ("python3", "python3.11", "pythonw.exe", "bash", "sh", "node", "java", "busybox"):
        assert not is_closable((name,))
        assert is_closable((name, "app"))
    assert not is_closable((r"C:\Windows\explorer.exe", "shell:Downloads"))
    assert is_closable(("pythonista",))


def test_this_service_is_spared() -> None:
    me = psutil.Process()
    ours = [running(each.pid, 0, "x") for each in (me, *me.parents())]
    assert without_ours(ours) == []


def test_what_works_for_us_is_spared_but_not_what_we_launched(
    run_as: RunAs, unheard_of: str
) -> None:
    helper = run_as(unheard_of, own_session=False)
    launched = run_as(unheard_of)
    assert os.getsid(helper.pid) == os.getsid(0)
    everything = find_running((unheard_of,), programs_of_user())
    assert len(everything) == 2
    assert [each.process.pid for each in without_ours(everything)] == [launched.pid]


def test_other_users_programs_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "username", lambda _: "somebody")
    assert {each.process.pid for each in programs_of_user()}
    me = psutil.Process().pid
    monkeypatch.setattr(
        psutil.Process, "username", lambda each: "me" if each.pid == me else "other"
    )
    assert [each.process.pid for each in programs_of_user()] == [me]
