"""Real programs for the tests to start: small shell scripts on a PATH of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

# These start shell scripts and ask X sockets; Windows and macOS have neither. What only reads
# `.desktop` files runs everywhere.
_LINUX_ONLY = ("desktop", "display", "installed_apps", "tools", "x11", "xdg")
collect_ignore = (
    []
    if sys.platform == "linux"
    else [
        *("test_process.py", "test_closing.py", "test_running.py"),
        *(f"linux/test_{name}.py" for name in _LINUX_ONLY),
    ]
)

MakeTool = Callable[[str, str], Path]
RunAs = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """The folder that is the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


@pytest.fixture
def make_tool(tools: Path) -> MakeTool:
    """Puts a shell script on the PATH: its name, its lines."""

    def make(name: str, lines: str) -> Path:
        path = tools / name
        path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def make_app(make_tool: MakeTool, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Puts a program on the PATH that runs until the test ends, and returns its pid file."""
    files: list[Path] = []

    def make(name: str) -> Path:
        pid_file = tmp_path / f"{name}.pid"
        # Renamed into place, so that nobody reads half a number.
        make_tool(
            name,
            f"echo $$ > {pid_file}.new; /bin/mv {pid_file}.new {pid_file}; exec /bin/sleep 60",
        )
        files.append(pid_file)
        return pid_file

    yield make
    for pid_file in files:
        if pid_file.exists():
            os.kill(int(pid_file.read_text()), signal.SIGKILL)


@pytest.fixture
def unheard_of() -> str:
    """A name that no other program on this computer has, those of parallel tests included."""
    return f"app-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def run_as(tools: Path) -> Iterator[RunAs]:
    """Runs a program under a name, with arguments, until it is asked to end or the test ends."""
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str, own_session: bool = True) -> subprocess.Popen[bytes]:
        program = tools / name
        if not program.exists():
            program.symlink_to(os.path.realpath(sys.executable))
        command = [str(program), "-Sc", "import time; time.sleep(60)", *arguments]
        running.append(subprocess.Popen(command, start_new_session=own_session))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def x_display() -> Iterator[str]:
    """A `DISPLAY` whose socket takes connections."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        for number in count(5000 + os.getpid() % 1000):
            try:
                server.bind(f"\0/tmp/.X11-unix/X{number}")
            except OSError:
                continue
            break
        server.listen()
        yield f":{number}"


@pytest.fixture
def environ(tools: Path, tmp_path: Path, x_display: str) -> dict[str, str]:
    """A session with a screen, an empty home and nothing installed but `tools`."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": str(tools),
        "HOME": str(home),
        "DISPLAY": x_display,
        "XDG_DATA_DIRS": str(tmp_path / "share"),
    }
