"""Carry out system actions with the tools that Linux desktops have."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path

from typing_extensions import assert_never

from voice_assistant.desktop.action import Action, parse_volume, screenshot_file
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.linux.xdg import desktop_folder, pictures_folder
from voice_assistant.desktop.new_folder import make_folder
from voice_assistant.desktop.process import find_program, not_started, run

TIMEOUT_S = 5.0
"""All tools tried for one action have this long together; the slowest, a screenshot under XFCE,
takes 1.4 s."""

Table = tuple[Argv, ...]
"""Argument lists, best first. `{file}`, `{percent}`, `{session}` and `{user}` are filled in; a row
whose value is not known is skipped."""

SET_VOLUME: Table = (
    ("wpctl", "set-volume", "@DEFAULT_AUDIO_SINK@", "{percent}%"),
    ("pactl", "set-sink-volume", "@DEFAULT_SINK@", "{percent}%"),
    ("amixer", "-q", "sset", "Master", "{percent}%"),
)
RAISE_VOLUME: Table = (
    ("wpctl", "set-volume", "-l", "1.0", "@DEFAULT_AUDIO_SINK@", "{percent}%+"),
    ("pactl", "set-sink-volume", "@DEFAULT_SINK@", "+{percent}%"),
    ("amixer", "-q", "sset", "Master", "{percent}%+"),
)
LOWER_VOLUME: Table = (
    ("wpctl", "set-volume", "@DEFAULT_AUDIO_SINK@", "{percent}%-"),
    ("pactl", "set-sink-volume", "@DEFAULT_SINK@", "-{percent}%"),
    ("amixer", "-q", "sset", "Master", "{percent}%-"),
)
MUTE: Table = (
    ("wpctl", "set-mute", "@DEFAULT_AUDIO_SINK@", "1"),
    ("pactl", "set-sink-mute", "@DEFAULT_SINK@", "1"),
    ("amixer", "-q", "sset", "Master", "mute"),
)
UNMUTE: Table = (
    ("wpctl", "set-mute", "@DEFAULT_AUDIO_SINK@", "0"),
    ("pactl", "set-sink-mute", "@DEFAULT_SINK@", "0"),
    ("amixer", "-q", "sset", "Master", "unmute"),
)
LOCK: Table = (
    ("loginctl", "lock-session"),
    ("xdg-screensaver", "lock"),
    ("gnome-screensaver-command", "--lock"),
    ("xscreensaver-command", "-lock"),
    ("swaylock", "--daemonize"),
    ("i3lock",),
)
SCREENSHOT: Table = (
    ("gnome-screenshot", "--file={file}"),
    ("spectacle", "--background", "--nonotify", "--fullscreen", "--output", "{file}"),
    ("grim", "{file}"),
)
SCREENSHOT_X11: Table = (
    ("xfce4-screenshooter", "--fullscreen", "--save", "{file}"),
    ("scrot", "{file}"),
    ("maim", "{file}"),
    ("import", "-window", "root", "{file}"),
)
"""These see only a black screen under Wayland."""

OTHERS: Mapping[Action, Table] = {
    Action.LOCK: LOCK,
    Action.POWER_OFF: (("systemctl", "poweroff"),),
    Action.RESTART: (("systemctl", "reboot"),),
    Action.HIBERNATE: (("systemctl", "hibernate"), ("systemctl", "suspend")),
    # The session managers ask apps to save first; loginctl ends them all.
    Action.LOG_OUT: (
        ("gnome-session-quit", "--logout", "--no-prompt"),
        ("xfce4-session-logout", "--logout"),
        ("loginctl", "terminate-session", "{session}"),
        ("loginctl", "terminate-user", "{user}"),
    ),
}

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}")
"""A user's name as useradd(8) takes it, at most 32 characters; a session's is a short number."""


def carry_out(action: Action, value: str | None, environ: Mapping[str, str]) -> Outcome:
    """Carry out an action with a value that `action.checked` let pass."""
    match action:
        case Action.NEW_FOLDER:
            return make_folder(desktop_folder(environ), value)
        case Action.SCREENSHOT:
            return _take_screenshot(environ)
        case Action.VOLUME:
            volume = parse_volume(value)
            tables = {"set": SET_VOLUME, "raise": RAISE_VOLUME, "lower": LOWER_VOLUME}
            values = {"percent": str(volume.percent)}
            return _first_that_works(tables[volume.change], values, environ)
        case Action.MUTE:
            return _first_that_works(UNMUTE if value == "off" else MUTE, {}, environ)
        case Action.LOCK | Action.POWER_OFF | Action.RESTART | Action.HIBERNATE | Action.LOG_OUT:
            return _first_that_works(OTHERS[action], _session(environ), environ)
        case _:
            assert_never(action)


def _session(environ: Mapping[str, str]) -> dict[str, str]:
    known = {"session": environ.get("XDG_SESSION_ID", ""), "user": environ.get("USER", "")}
    return {name: value for name, value in known.items() if _PLAIN_NAME.fullmatch(value)}


def _take_screenshot(environ: Mapping[str, str]) -> Outcome:
    try:
        file = screenshot_file(pictures_folder(environ))
    except OSError as error:
        return Outcome("failed", str(error))
    table = SCREENSHOT if environ.get("WAYLAND_DISPLAY") else SCREENSHOT + SCREENSHOT_X11
    outcome = _first_that_works(table, {"file": str(file)}, environ, makes=file)
    return Outcome("done", str(file)) if outcome.ok else outcome


def _first_that_works(
    table: Table,
    values: Mapping[str, str],
    environ: Mapping[str, str],
    makes: Path | None = None,
) -> Outcome:
    """Return `done`, or how the last installed tool failed, or `unsupported` if there is none."""
    outcome = Outcome("unsupported", " ".join(dict.fromkeys(argv[0] for argv in table)))
    end = time.monotonic() + TIMEOUT_S
    for row in table:
        try:
            argv = tuple(part.format_map(values) for part in row)
        except KeyError:
            continue
        program = find_program(argv[0], environ)
        remaining = end - time.monotonic()
        if program is None or remaining <= 0:
            continue
        try:
            outcome = run((program, *argv[1:]), environ, timeout_s=remaining)
        except OSError as error:
            outcome = not_started(argv, error)
            continue
        if makes is not None and outcome.ok and not makes.exists():
            outcome = Outcome("failed", f"{argv[0]}: made no picture")
        if outcome.ok:
            return outcome
    return outcome
