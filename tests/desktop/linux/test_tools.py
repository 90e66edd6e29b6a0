from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voice_assistant.desktop.action import Action
from voice_assistant.desktop.base import Outcome
from voice_assistant.desktop.linux import tools as linux_tools
from voice_assistant.desktop.linux.tools import carry_out

MakeTool = Callable[[str, str], Path]

SINK, PULSE_SINK = "@DEFAULT_AUDIO_SINK@", "@DEFAULT_SINK@"


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    """What the tools of `put` write: one line for each call."""
    return tmp_path / "heard"


@pytest.fixture
def put(make_tool: MakeTool, heard: Path) -> Callable[..., None]:
    """Puts tools on the PATH that record how they were called."""

    def make(*names: str, status: int = 0) -> None:
        for name in names:
            make_tool(name, f'echo "{name} $*" >> {heard}; echo sorry >&2; exit {status}')

    return make


@pytest.mark.parametrize(
    ("tool", "action", "value", "call"),
    [
        ("wpctl", "音量", "50", f"wpctl set-volume {SINK} 50%"),
        ("wpctl", "音量", "+10", f"wpctl set-volume -l 1.0 {SINK} 10%+"),
        ("wpctl", "音量", "-10", f"wpctl set-volume {SINK} 10%-"),
        ("wpctl", "静音", None, f"wpctl set-mute {SINK} 1"),
        ("wpctl", "静音", "off", f"wpctl set-mute {SINK} 0"),
        ("pactl", "音量", "050", f"pactl set-sink-volume {PULSE_SINK} 50%"),
        ("pactl", "音量", "+10", f"pactl set-sink-volume {PULSE_SINK} +10%"),
        ("pactl", "音量", "-10", f"pactl set-sink-volume {PULSE_SINK} -10%"),
        ("pactl", "静音", None, f"pactl set-sink-mute {PULSE_SINK} 1"),
        ("pactl", "静音", "off", f"pactl set-sink-mute {PULSE_SINK} 0"),
        ("amixer", "音量", "0", "amixer -q sset Master 0%"),
        ("amixer", "音量", "+5", "amixer -q sset Master 5%+"),
        ("amixer", "音量", "-5", "amixer -q sset Master 5%-"),
        ("amixer", "静音", None, "amixer -q sset Master mute"),
        ("amixer", "静音", "off", "amixer -q sset Master unmute"),
        ("loginctl", "锁屏", None, "loginctl lock-session"),
        ("xdg-screensaver", "锁屏", None, "xdg-screensaver lock"),
        ("systemctl", "关机", None, "systemctl poweroff"),
        ("systemctl", "重启", None, "systemctl reboot"),
        ("systemctl", "休眠", None, "systemctl hibernate"),
        ("gnome-session-quit", "注销", None, "gnome-session-quit --logout --no-prompt"),
    ],
)
def test_each_action_has_its_call(
    *,
    tool: str,
    action: str,
    value: str | None,
    call: str,
    put: Callable[..., None],
    heard: Path,
    environ: dict[str, str],
) -> None:
    put(tool)
    assert carry_out(Action(action), value, environ) == Outcome("done")
    assert heard.read_text() == f"{call}\n"


def test_the_best_tool_comes_first(
    put: Callable[..., None], heard: Path, environ: dict[str, str]
) -> None:
    put("amixer", "pactl", "wpctl")
    carry_out(Action.MUTE, None, environ)
    assert heard.read_text().split()[0] == "wpctl"


def test_a_tool_that_fails_gives_way(
    put: Callable[..., None], heard: Path, environ: dict[str, str]
) -> None:
    put("wpctl", status=1)
    put("amixer")
    assert carry_out(Action.MUTE, None, environ).ok
    assert [line.split()[0] for line in heard.read_text().splitlines()] == ["wpctl", "amixer"]


def test_all_tools_fail(put: Callable[..., None], environ: dict[str, str]) -> None:
    put("wpctl", "pactl", status=1)
    assert carry_out(Action.MUTE, None, environ) == Outcome("failed", "pactl: exit status 1: sorry")


def test_no_tool_at_all(environ: dict[str, str]) -> None:
    assert carry_out(Action.MUTE, None, environ) == Outcome("unsupported", "wpctl pactl amixer")


def test_a_tool_that_hangs_is_ended_and_no_other_tried(
    make_tool: MakeTool,
    put: Callable[..., None],
    heard: Path,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(linux_tools, "TIMEOUT_S", 0.3)
    make_tool("wpctl", "exec /bin/sleep 60")
    put("pactl")
    outcome = carry_out(Action.MUTE, None, environ)
    assert outcome.code == "failed"
    assert outcome.detail.startswith("wpctl: no end within")
    assert not heard.exists()


def test_hibernation_falls_back_to_suspend(
    make_tool: MakeTool, heard: Path, environ: dict[str, str]
) -> None:
    make_tool("systemctl", f'echo "$1" >> {heard}; [ "$1" = suspend ]')
    assert carry_out(Action.HIBERNATE, None, environ).ok
    assert heard.read_text().split() == ["hibernate", "suspend"]


@pytest.mark.parametrize(
    ("session", "call"),
    [("c2", "terminate-session c2"), ("", "terminate-user li"), ("$(id)", "terminate-user li")],
)
def test_log_out_ends_this_session_if_it_is_known(
    session: str, call: str, put: Callable[..., None], heard: Path, environ: dict[str, str]
) -> None:
    put("loginctl")
    assert carry_out(Action.LOG_OUT, None, {**environ, "USER": "li", "XDG_SESSION_ID": session}).ok
    assert heard.read_text() == f"loginctl {call}\n"


def test_a_screenshot_is_where_it_says(
    make_tool: MakeTool, environ: dict[str, str], tmp_path: Path
) -> None:
    make_tool("import", f'echo "$1 $2" > {tmp_path}/heard; echo picture > "$3"')
    outcome = carry_out(Action.SCREENSHOT, None, environ)
    assert outcome.code == "done"
    file = Path(outcome.detail)
    assert file.read_text() == "picture\n"
    assert file.parent == Path(environ["HOME"], "Pictures")
    assert (tmp_path / "heard").read_text() == "-window root\n"


def test_a_screenshot_that_was_not_made(put: Callable[..., None], environ: dict[str, str]) -> None:
    put("scrot")
    assert carry_out(Action.SCREENSHOT, None, environ) == Outcome(
        "failed", "scrot: made no picture"
    )


def test_x_tools_are_left_alone_under_wayland(
    put: Callable[..., None], heard: Path, environ: dict[str, str]
) -> None:
    put("scrot", "import")
    outcome = carry_out(Action.SCREENSHOT, None, {**environ, "WAYLAND_DISPLAY": "wayland-0"})
    assert outcome.code == "unsupported"
    assert not heard.exists()


def test_no_folder_for_a_screenshot(put: Callable[..., None], environ: dict[str, str]) -> None:
    put("scrot")
    Path(environ["HOME"], "Pictures").touch()
    assert carry_out(Action.SCREENSHOT, None, environ).code == "failed"
