from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from voice_assistant.desktop.base import Outcome
from voice_assistant.desktop.linux.desktop import LinuxDesktop

MakeTool = Callable[[str, str], Path]
MakeApp = Callable[[str], Path]
RunAs = Callable[..., "subprocess.Popen[bytes]"]

LONG = 20.0
"""For programs that are sure to end; never reached."""


@pytest.fixture
def desktop(environ: dict[str, str]) -> LinuxDesktop:
    """One that waits for the end of what it starts."""
    return LinuxDesktop(environ, watch_s=LONG, opener_watch_s=LONG)


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    """What the tools of `recording` write: one line for each call."""
    return tmp_path / "heard"


@pytest.fixture
def recording(make_tool: MakeTool, heard: Path) -> Callable[..., None]:
    """Puts tools on the PATH that record how they were called."""

    def make(*names: str, status: int = 0) -> None:
        for name in names:
            make_tool(name, f'echo "{name}:$*" >> {heard}; exit {status}')

    return make


def install(environ: dict[str, str], *lines: str) -> None:
    folder = Path(environ["XDG_DATA_DIRS"]) / "applications"
    folder.mkdir(parents=True)
    text = "\n".join(["[Desktop Entry]", "Type=Application", *lines])
    (folder / "app.desktop").write_text(text, encoding="utf-8")


def test_a_running_app(environ: dict[str, str], make_app: MakeApp) -> None:
    pid_file = make_app("calc")
    outcome = LinuxDesktop(environ).start_app((("missing",), ("calc",)), ())
    assert outcome == Outcome("started", "calc")
    wait_until(pid_file.exists)
    assert Path(f"/proc/{int(pid_file.read_text())}").exists()


def test_the_first_candidate_that_is_installed(
    desktop: LinuxDesktop, recording: Callable[..., None], heard: Path
) -> None:
    recording("kcalc", "xcalc")
    desktop.start_app((("galculator",), ("kcalc", "--new"), ("xcalc",)), ())
    assert heard.read_text() == "kcalc:--new\n"


def test_a_candidate_that_cannot_be_executed_is_passed_over(
    desktop: LinuxDesktop, recording: Callable[..., None], make_tool: MakeTool, heard: Path
) -> None:
    make_tool("one", "exit 0").write_text("#!/no/such/interpreter\n")
    make_tool("two", "exit 0").chmod(0o644)
    recording("three")
    assert desktop.start_app((("one",), ("two",), ("three",)), ()).ok
    assert heard.read_text() == "three:\n"


def test_nothing_of_that_name(desktop: LinuxDesktop) -> None:
    outcome = desktop.start_app((("galculator",), ("galculator", "-x")), ("计算器",))
    assert outcome == Outcome("not_found", "galculator, 计算器")


def test_an_app_that_ends_at_once_with_an_error(
    desktop: LinuxDesktop, make_tool: MakeTool, recording: Callable[..., None], heard: Path
) -> None:
    make_tool("calc", "echo 'cannot open display' >&2; exit 3")
    recording("other")
    outcome = desktop.start_app((("calc",), ("other",)), ())
    assert outcome == Outcome("exited", "calc: exit status 3: cannot open display")
    assert not heard.exists()


@pytest.mark.parametrize("display", [None, ":64999"])
def test_without_a_display_nothing_is_started(
    display: str | None,
    environ: dict[str, str],
    recording: Callable[..., None],
    heard: Path,
) -> None:
    del environ["DISPLAY"]
    if display is not None:
        environ["DISPLAY"] = display
    recording("calc", "xdg-open", "scrot")
    desktop = LinuxDesktop(environ, watch_s=LONG, opener_watch_s=LONG)
    assert desktop.start_app((("calc",),), ()).code == "no_display"
    assert desktop.open_url("https://example.com").code == "no_display"
    assert desktop.run_system("截图", None).code == "no_display"
    assert not heard.exists()


def test_the_session_is_looked_at_anew(environ: dict[str, str], make_app: MakeApp) -> None:
    make_app("calc")
    display = environ.pop("DISPLAY")
    desktop = LinuxDesktop(environ)
    assert desktop.start_app((("calc",),), ()).code == "no_display"
    environ["DISPLAY"] = display
    assert desktop.start_app((("calc",),), ()).code == "started"


def test_an_installed_app_by_name(
    desktop: LinuxDesktop,
    environ: dict[str, str],
    make_tool: MakeTool,
    tmp_path: Path,
) -> None:
    heard = tmp_path / "heard"
    make_tool("calc", f'echo "$1 in $(pwd)" > {heard}')
    install(environ, "Name[zh_CN]=计算器", 'Exec=calc "; touch x" %U', f"Path={tmp_path}")
    assert desktop.start_app((("missing",),), ("计算器",)).ok
    assert heard.read_text() == f"; touch x in {tmp_path}\n"
    assert not (tmp_path / "x").exists()


def test_an_app_for_the_terminal(
    desktop: LinuxDesktop,
    environ: dict[str, str],
    recording: Callable[..., None],
    heard: Path,
) -> None:
    recording("top")
    install(environ, "Name=Top", "Exec=top -d 1", "Terminal=true")
    assert desktop.start_app((), ("top",)).code == "not_found"
    recording("x-terminal-emulator", "konsole")
    assert desktop.start_app((), ("top",)) == Outcome("started", "x-terminal-emulator")
    assert heard.read_text() == "x-terminal-emulator:-e top -d 1\n"


def test_the_app_sees_the_users_environment(
    environ: dict[str, str], make_tool: MakeTool, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    make_tool("calc", f'echo "$PATH $VIRTUAL_ENV $VOICE_TOKEN" > {heard}')
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "calc").symlink_to("/bin/false")
    ours = {"VIRTUAL_ENV": str(venv), "VOICE_TOKEN": "secret"}
    path = os.pathsep.join([str(venv / "bin"), environ["PATH"]])
    desktop = LinuxDesktop({**environ, **ours, "PATH": path}, watch_s=LONG)
    assert desktop.start_app((("calc",),), ()).ok
    assert heard.read_text().split() == [environ["PATH"]]


@pytest.mark.parametrize(
    ("browser", "expected"),
    [
        ("", "xdg-open:https://example.com/?q=%s"),
        ("missing", "xdg-open:https://example.com/?q=%s"),
        ("mine --new", "mine:--new https://example.com/?q=%s"),
        ("mine --open='%s' now", "mine:--open=https://example.com/?q=%s now"),
        ("missing %s:mine", "mine:https://example.com/?q=%s"),
        ("'unclosed:mine", "mine:https://example.com/?q=%s"),
        ("failing:mine", "mine:https://example.com/?q=%s"),
    ],
)
def test_a_site_opens_in_the_users_browser(
    *,
    browser: str,
    expected: str,
    environ: dict[str, str],
    make_tool: MakeTool,
    recording: Callable[..., None],
    heard: Path,
) -> None:
    recording("mine", "xdg-open", "firefox")
    make_tool("failing", "exit 3")
    desktop = LinuxDesktop({**environ, "BROWSER": browser}, opener_watch_s=LONG)
    assert desktop.open_url("https://example.com/?q=%s").code == "opened"
    assert heard.read_text() == f"{expected}\n"


def test_a_browser_that_goes_on_running(environ: dict[str, str], make_app: MakeApp) -> None:
    make_app("firefox")
    outcome = LinuxDesktop(environ).open_url("https://example.com")
    assert outcome == Outcome("opened", "firefox")


def test_no_browser(desktop: LinuxDesktop) -> None:
    assert desktop.open_url("https://example.com") == Outcome("not_found", "no browser")


def test_no_browser_that_works(desktop: LinuxDesktop, make_tool: MakeTool) -> None:
    make_tool("xdg-open", "exit 3")
    outcome = desktop.open_url("https://example.com")
    assert outcome == Outcome("exited", "xdg-open: exit status 3")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "--version", "https://a b", "javascript:1"])
def test_other_addresses_are_refused(
    url: str, desktop: LinuxDesktop, recording: Callable[..., None], heard: Path
) -> None:
    recording("xdg-open")
    assert desktop.open_url(url).code == "refused"
    assert not heard.exists()


def test_a_system_action(
    desktop: LinuxDesktop, recording: Callable[..., None], heard: Path
) -> None:
    recording("pactl")
    assert desktop.run_system("音量", "30") == Outcome("done")
    assert heard.read_text() == "pactl:set-sink-volume @DEFAULT_SINK@ 30%\n"


def test_a_strange_value_reaches_no_tool(
    desktop: LinuxDesktop, recording: Callable[..., None], heard: Path
) -> None:
    recording("pactl", "systemctl")
    for action, value in [("音量", "30%; reboot"), ("关机", "now"), ("格式化", None)]:
        assert desktop.run_system(action, value).code == "unsupported"
    assert not heard.exists()


def test_a_command_that_needs_no_screen_is_started_without_one(
    environ: dict[str, str], recording: Callable[..., None], heard: Path
) -> None:
    recording("backup")
    desktop = LinuxDesktop({**environ, "DISPLAY": "", "WAYLAND_DISPLAY": ""}, watch_s=LONG)
    assert desktop.start_app([("backup",)], ["备份"]).code == "no_display"
    assert not heard.exists()
    assert desktop.start_app([("backup",)], ["备份"], needs_screen=False).code == "started"
    assert heard.exists()


def test_the_users_own_browser_may_need_no_screen(
    environ: dict[str, str], recording: Callable[..., None], heard: Path
) -> None:
    recording("mine", "xdg-open")
    without = {**environ, "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    assert LinuxDesktop(without).open_url("https://example.com").code == "no_display"
    desktop = LinuxDesktop({**without, "BROWSER": "mine"}, opener_watch_s=LONG)
    assert desktop.open_url("https://example.com").code == "opened"
    assert heard.read_text() == "mine:https://example.com\n"


def test_a_running_program_is_closed(desktop: LinuxDesktop, run_as: RunAs, unheard_of: str) -> None:
    app = run_as(unheard_of)
    assert desktop.close_app((("missing",), (unheard_of,)), ("应用",)) == Outcome("done")
    assert app.wait(LONG) == -signal.SIGTERM
    outcome = desktop.close_app((("missing",), (unheard_of,)), ("应用",))
    assert outcome == Outcome("not_running", f"missing, {unheard_of}, 应用")


def test_an_app_that_this_desktop_started_is_closed(
    environ: dict[str, str], make_tool: MakeTool, unheard_of: str
) -> None:
    ended = Path(environ["HOME"]) / "ended"
    make_tool(unheard_of, f"trap '/bin/touch {ended}; exit' TERM; /bin/sleep 60 & wait")
    desktop = LinuxDesktop(environ)
    assert desktop.start_app(((unheard_of,),), ()).code == "started"
    assert desktop.close_app(((unheard_of,),), ()) == Outcome("done")
    wait_until(ended.exists)


def test_an_installed_app_is_closed_by_its_name(
    desktop: LinuxDesktop, environ: dict[str, str], run_as: RunAs, unheard_of: str
) -> None:
    app = run_as(unheard_of)
    install(environ, "Name[zh_CN]=某应用", f"Exec=env LANG=C {unheard_of} %U")
    Path(environ["PATH"], "env").symlink_to("/usr/bin/env")
    assert desktop.close_app((), ("某应用",)).ok
    assert app.wait(LONG) == -signal.SIGTERM


def test_windows_are_closed_rather_than_their_program(
    desktop: LinuxDesktop, run_as: RunAs, make_tool: MakeTool, unheard_of: str, heard: Path
) -> None:
    app = run_as(unheard_of)
    make_tool("wmctrl", f'[ $1 = -l ] && echo "0x1 0 {app.pid} host x"; echo "$*" >> {heard}')
    assert desktop.close_app(((unheard_of,),), ()) == Outcome("done")
    assert heard.read_text() == "-l -p\n-i -c 0x1\n"
    assert app.poll() is None


def test_a_new_folder_on_the_desktop(desktop: LinuxDesktop, environ: dict[str, str]) -> None:
    home = Path(environ["HOME"])
    (home / ".config").mkdir()
    (home / ".config/user-dirs.dirs").write_text('XDG_DESKTOP_DIR="$HOME/桌面"', encoding="utf-8")
    (home / "桌面").mkdir()
    del environ["DISPLAY"]
    assert desktop.run_system("新建文件夹", None) == Outcome("done", f"{home}/桌面/新建文件夹")
    assert desktop.run_system("新建文件夹", "../周报").code == "done"
    names = sorted(each.name for each in (home / "桌面").iterdir() if each.is_dir())
    assert names == ["周报", "新建文件夹"]
