from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voice_assistant.desktop.linux.x11 import close_windows

MakeTool = Callable[[str, str], Path]


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    return tmp_path / "heard"


@pytest.fixture
def wmctrl(make_tool: MakeTool, heard: Path) -> Path:
    """One that lists windows of the processes 11, 12 and 112."""
    lines = "\n".join(f"0x{pid} 0 {pid} host A {pid} title" for pid in (11, 12, 112))
    return make_tool("wmctrl", f"[ $1 = -l ] && echo '{lines}' || echo \"wmctrl:$*\" >> {heard}")


@pytest.fixture
def xdotool(make_tool: MakeTool, heard: Path) -> Path:
    """One that finds two windows of each process above 10."""
    search = "[ $3 -gt 10 ] && printf '71\\n72\\n'"
    return make_tool("xdotool", f'case $1 in search) {search};; *) echo "$*" >> {heard};; esac')


@pytest.mark.usefixtures("wmctrl", "xdotool")
def test_the_window_manager_comes_first(environ: dict[str, str], heard: Path) -> None:
    assert close_windows([12, 11], environ)
    assert heard.read_text() == "wmctrl:-i -c 0x11\nwmctrl:-i -c 0x12\n"


@pytest.mark.usefixtures("wmctrl", "xdotool")
def test_windows_that_it_does_not_list(environ: dict[str, str], heard: Path) -> None:
    assert close_windows([13], environ)
    assert heard.read_text() == "windowquit 71\nwindowquit 72\n"


@pytest.mark.usefixtures("wmctrl", "xdotool")
def test_a_process_without_windows(environ: dict[str, str], heard: Path) -> None:
    assert not close_windows([1, 2], environ)
    assert not heard.exists()


def test_no_tool(environ: dict[str, str]) -> None:
    assert not close_windows([11], environ)


def test_an_xdotool_that_cannot_ask(environ: dict[str, str], make_tool: MakeTool) -> None:
    make_tool("xdotool", "[ $1 = search ] && echo 71 || exit 1")
    assert not close_windows([11], environ)


def test_a_tool_that_hangs(
    environ: dict[str, str], make_tool: MakeTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_assistant.desktop.linux.x11.TIMEOUT_S", 0.05)
    make_tool("wmctrl", "exec /bin/sleep 60")
    assert not close_windows([11], environ)
