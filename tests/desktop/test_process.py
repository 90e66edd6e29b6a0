from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from voice_assistant.desktop import process
from voice_assistant.desktop.base import Outcome
from voice_assistant.desktop.process import launch, not_started, run

LONG = 20.0
"""Waits for an end that is sure to come; never reached."""

MakeTool = Callable[[str, str], Path]
MakeApp = Callable[[str], Path]


def is_gone(pid: int) -> bool:
    """Ended and reaped: a zombie still has its folder."""
    return not Path(f"/proc/{pid}").exists()


def test_a_running_program_is_started(
    make_app: MakeApp, tools: Path, environ: dict[str, str]
) -> None:
    make_app("app")
    assert launch((str(tools / "app"),), environ) == Outcome("started", "app")


def test_it_has_its_own_session_and_nothing_of_ours_open(
    make_app: MakeApp, tools: Path, environ: dict[str, str]
) -> None:
    pid_file = make_app("app")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.set_inheritable(True)
        launch((str(tools / "app"),), environ)
        wait_until(pid_file.exists)
        pid = int(pid_file.read_text())
        wait_until(lambda: "sleep" in Path(f"/proc/{pid}/comm").read_text())
        opened = {each.name: os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()}
    assert os.getsid(pid) == pid
    assert sorted(opened) == ["0", "1", "2"]
    assert opened["0"] == opened["1"] == "/dev/null"
    assert opened["2"].endswith("(deleted)")


def test_an_end_with_an_error_is_told_with_its_last_words(
    make_tool: MakeTool, environ: dict[str, str]
) -> None:
    tool = make_tool("broken", "echo first >&2; echo 'no such thing' >&2; echo >&2; exit 3")
    outcome = launch((str(tool),), environ, watch_s=LONG)
    assert outcome == Outcome("exited", "broken: exit status 3: no such thing")


def test_last_words_are_cut(make_tool: MakeTool, environ: dict[str, str]) -> None:
    tool = make_tool("broken", f"echo {'x' * 9000} >&2; exit 1")
    outcome = launch((str(tool),), environ, watch_s=LONG)
    assert outcome.detail == "broken: exit status 1: " + "x" * 200


def test_a_signal_is_told(make_tool: MakeTool, environ: dict[str, str]) -> None:
    tool = make_tool("crashing", "kill -SEGV $$")
    outcome = launch((str(tool),), environ, watch_s=LONG)
    assert outcome == Outcome("exited", "crashing: signal 11")


def test_a_launcher_that_hands_over_is_started(
    make_tool: MakeTool, environ: dict[str, str]
) -> None:
    tool = make_tool("launcher", "exit 0")
    assert launch((str(tool),), environ, watch_s=LONG) == Outcome("started", "launcher")


def test_no_zombie_is_left(make_app: MakeApp, tools: Path, environ: dict[str, str]) -> None:
    pid_file = make_app("app")
    launch((str(tools / "app"),), environ)
    wait_until(pid_file.exists)
    pid = int(pid_file.read_text())
    pid_file.unlink()
    os.kill(pid, 9)
    wait_until(lambda: is_gone(pid))


def test_it_outlives_the_service_and_may_go_on_talking(
    make_tool: MakeTool, environ: dict[str, str], tmp_path: Path
) -> None:
    ended, told = tmp_path / "ended", tmp_path / "told"
    tool = make_tool(
        "app",
        f"""
        while [ ! -e {ended} ]; do /bin/sleep 0.02; done
        echo 'still here' >&2 && echo ok > {told}.new && /bin/mv {told}.new {told}
        """,
    )
    service = textwrap.dedent(
        f"""
        from voice_assistant.desktop.process import launch
        print(launch(({str(tool)!r},), {environ!r}).code)
        """
    )
    ran = subprocess.run(
        [sys.executable, "-c", service], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout == "started\n"
    ended.touch()
    wait_until(told.exists)


def test_much_talk_does_not_block_it(
    make_tool: MakeTool, environ: dict[str, str], tmp_path: Path
) -> None:
    done = tmp_path / "done"
    tool = make_tool("chatty", f"/usr/bin/head -c 1000000 /dev/zero >&2; echo > {done}")
    launch((str(tool),), environ)
    wait_until(done.exists)


def test_talk_of_a_running_program_is_thrown_away(
    make_tool: MakeTool,
    environ: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "REPORT_S", 0.01)
    monkeypatch.setattr(process, "TRIM_EVERY_S", 0.01)
    pid_file, end = tmp_path / "pid", tmp_path / "end"
    tool = make_tool(
        "chatty",
        f"""
        echo 'a line' >&2
        echo $$ > {pid_file}.new; /bin/mv {pid_file}.new {pid_file}
        while [ ! -e {end} ]; do /bin/sleep 0.02; done
        """,
    )
    launch((str(tool),), environ)
    wait_until(pid_file.exists)
    process_folder = Path(f"/proc/{pid_file.read_text().strip()}")
    talk, position = process_folder / "fd/2", process_folder / "fdinfo/2"
    wait_until(lambda: talk.stat().st_size == 0)
    # Were it to go on writing where it was, the file would be as large as before at once.
    assert position.read_text().split()[:2] == ["pos:", "0"]
    end.touch()


def test_an_early_end_after_the_success_is_logged(
    make_tool: MakeTool,
    environ: dict[str, str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    go = tmp_path / "go"
    tool = make_tool(
        "late", f"while [ ! -e {go} ]; do /bin/sleep 0.02; done; echo 'too late' >&2; exit 4"
    )
    with caplog.at_level(logging.WARNING, logger=process.__name__):
        assert launch((str(tool),), environ, watch_s=0.01).code == "started"
        go.touch()
        wait_until(lambda: "late: exit status 4: too late" in caplog.text)


def test_arguments_are_never_a_shell_line(
    make_tool: MakeTool, environ: dict[str, str], tmp_path: Path
) -> None:
    heard, trap = tmp_path / "heard", tmp_path / "trap"
    tool = make_tool("app", f'printf "%s" "$1" > {heard}')
    argument = f"; /usr/bin/touch {trap} $(/usr/bin/touch {trap})"
    launch((str(tool), argument), environ, watch_s=LONG)
    assert heard.read_text() == argument
    assert not trap.exists()


@pytest.mark.parametrize(("home", "folder"), [("home", "home"), ("nowhere", "/")])
def test_it_starts_in_the_home_folder(
    home: str, folder: str, make_tool: MakeTool, environ: dict[str, str], tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    tool = make_tool("app", f"pwd > {heard}")
    launch((str(tool),), {**environ, "HOME": str(tmp_path / home)}, watch_s=LONG)
    assert heard.read_text().strip() == str(tmp_path / folder)


def test_it_sees_no_environment_but_the_given(make_tool: MakeTool, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    tool = make_tool("app", f"/usr/bin/env > {heard}")
    launch((str(tool),), {"GIVEN": "yes"}, watch_s=LONG)
    names = {line.partition("=")[0] for line in heard.read_text().splitlines()}
    assert names - {"PWD", "_", "SHLVL"} == {"GIVEN"}


def test_a_missing_or_forbidden_program_is_not_found(tools: Path, environ: dict[str, str]) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        launch((str(tools / "missing"),), environ)
    assert not_started(("missing",), missing.value).code == "not_found"
    assert not_started(("locked",), PermissionError(13, "denied")).code == "not_found"


def test_a_file_that_is_no_program_is_a_failure(tools: Path, environ: dict[str, str]) -> None:
    path = tools / "noise"
    path.write_bytes(b"\x00noise")
    path.chmod(0o755)
    with pytest.raises(OSError, match="format") as error:
        launch((str(path),), environ)
    assert not_started(("noise",), error.value) == Outcome("failed", "noise: Exec format error")


def test_run_tells_how_the_tool_ended(make_tool: MakeTool, environ: dict[str, str]) -> None:
    good, bad = make_tool("good", "exit 0"), make_tool("bad", "echo why >&2; exit 2")
    assert run((str(good),), environ, timeout_s=LONG) == Outcome("done")
    assert run((str(bad),), environ, timeout_s=LONG) == Outcome("failed", "bad: exit status 2: why")


def test_run_ends_a_tool_that_hangs_and_all_it_started(
    make_tool: MakeTool, environ: dict[str, str], tmp_path: Path
) -> None:
    pid_file = tmp_path / "pid"
    tool = make_tool("hanging", f"/bin/sleep 60 & echo $! > {pid_file}; wait")
    outcome = run((str(tool),), environ, timeout_s=0.5)
    assert outcome == Outcome("failed", "hanging: no end within 0.5 s")
    wait_until(lambda: is_gone(int(pid_file.read_text())))
