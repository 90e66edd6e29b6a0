"""Act on a Windows desktop: programs on the PATH, the shell's own addresses, the Start menu."""

from __future__ import annotations

import ctypes
import logging
import os
import re
import struct
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, cast

from typing_extensions import assert_never

from voice_assistant.desktop.action import Action, Volume, checked, parse_volume
from voice_assistant.desktop.address import is_web_address
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.closing import close_first
from voice_assistant.desktop.environment import user_environment
from voice_assistant.desktop.new_folder import make_folder
from voice_assistant.desktop.process import find_program, launch, not_started, run
from voice_assistant.desktop.running import Running
from voice_assistant.desktop.windows.known_folder import desktop_folder
from voice_assistant.desktop.windows.shortcut import read_target
from voice_assistant.desktop.windows.start_menu import StartMenu

# Five seconds, for the answer to reach the page, and for `shutdown /a`.
POWER: Mapping[Action, Argv] = {
    Action.POWER_OFF: ("shutdown", "/s", "/t", "5"),
    Action.RESTART: ("shutdown", "/r", "/t", "5"),
    Action.LOG_OUT: ("shutdown", "/l"),
    Action.HIBERNATE: ("shutdown", "/h"),
}

TIMEOUT_S = 5.0  # as on Linux

_LOG = logging.getLogger(__name__)

# Virtual-key codes: Microsoft Learn, "Virtual-Key Codes".
VK_SNAPSHOT = 0x2C
VK_LWIN = 0x5B
VK_VOLUME_MUTE = 0xAD
VK_VOLUME_DOWN = 0xAE
VK_VOLUME_UP = 0xAF

_KEY_UP = 0x0002  # KEYEVENTF_KEYUP
_PERCENT_PER_STEP = 2  # what one press of a volume key changes on Windows 10 and 11
_ELEVATION_REQUIRED = 740  # ERROR_ELEVATION_REQUIRED

_SHELL_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:.*")
"""`ms-settings:`, `calculator:`, `shell:AppsFolder\\…`; a single letter is a drive."""


class User32(Protocol):
    """Declare what we use of user32.dll."""

    def LockWorkStation(self) -> int:  # noqa: N802 - its real name
        """Lock the screen; 0 if it cannot."""
        ...

    def keybd_event(self, key: int, scan: int, flags: int, extra: int) -> None:
        """Press a key, or let it go."""
        ...


class WindowsDesktop:
    """See `Desktop`.

    Args:
        environ: our environment; looked at anew for each call.
        startfile: opens a file or an address as a double click does (`os.startfile`).
        user32: user32.dll.
        launch: starts a program and leaves it running (`process.launch`).
        run: runs a tool to its end (`process.run`).
        desktop_folder: tells where the user's desktop is.
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        *,
        startfile: Callable[[str], None] | None = None,
        user32: User32 | None = None,
        launch: Callable[..., Outcome] = launch,
        run: Callable[..., Outcome] = run,
        desktop_folder: Callable[[], Path] = desktop_folder,
    ) -> None:
        self._environ = environ
        self._startfile = startfile or _system_startfile()
        self._user32 = user32 or _system_user32()
        self._launch = launch
        self._run = run
        self._desktop_folder = desktop_folder
        self._start_menu = StartMenu()

    def start_app(
        self, candidates: Sequence[Argv], names: Sequence[str], *, needs_screen: bool = True
    ) -> Outcome:
        """Start the first of `candidates` that is there, else the Start-menu entry of that name."""
        environ = user_environment(self._environ)
        for argv in candidates:
            if len(argv) == 1 and _SHELL_ADDRESS.fullmatch(argv[0]):
                outcome = self._open(argv[0], "started")
            else:
                outcome = self._start(argv, environ)
            if outcome.code != "not_found":
                return outcome
        shortcut = self._start_menu.find(names, environ)
        if shortcut is not None:
            return self._open(str(shortcut), "started")
        looked_for = [argv[0] for argv in candidates] + list(names)
        return Outcome("not_found", ", ".join(dict.fromkeys(looked_for)))

    def close_app(self, commands: Sequence[Argv], names: Sequence[str]) -> Outcome:
        """Ask the first app of `commands` that runs, else what the Start menu has by that name."""
        by_name = [(name,) for name in names]
        return close_first([*commands, *self._in_start_menu(names), *by_name], names, self._ask)

    def open_url(self, url: str) -> Outcome:
        """Open an http or https address in the default browser."""
        if not is_web_address(url):
            return Outcome("refused", repr(url)[:200])
        return self._open(url, "opened")

    def run_system(self, action: str, value: str | None) -> Outcome:
        """Carry out a system action."""
        known = checked(action, value)
        if isinstance(known, Outcome):
            return known
        match known:
            case Action.POWER_OFF | Action.RESTART | Action.LOG_OUT | Action.HIBERNATE:
                return self._run_tool(POWER[known])
            case Action.LOCK:
                locked = self._user32.LockWorkStation()
                return Outcome("done") if locked else Outcome("failed", "LockWorkStation")
            case Action.SCREENSHOT:
                self._press(VK_LWIN, VK_SNAPSHOT)
                return Outcome("done", r"Pictures\Screenshots")
            case Action.NEW_FOLDER:
                return self._make_folder(value)
            case Action.MUTE:
                self._set_mute(value is None)
                return Outcome("done")
            case Action.VOLUME:
                self._change_volume(parse_volume(value))
                return Outcome("done")
            case _:
                assert_never(known)

    def _start(self, argv: Argv, environ: Mapping[str, str]) -> Outcome:
        program = find_program(argv[0], environ)
        if program is None:
            return Outcome("not_found", argv[0])
        try:
            return self._launch((program, *argv[1:]), environ, console=_is_console_program(program))
        except OSError as error:
            if getattr(error, "winerror", None) == _ELEVATION_REQUIRED and len(argv) == 1:
                # Only the shell may ask the user for more rights, as the Task Manager needs.
                return self._open(program, "started")
            return not_started(argv, error)

    def _open(self, target: str, success: Literal["started", "opened"]) -> Outcome:
        try:
            self._startfile(target)
        except OSError as error:
            return not_started((target,), error)
        return Outcome(success, target)

    def _in_start_menu(self, names: Sequence[str]) -> Iterator[Argv]:
        shortcut = self._start_menu.find(names, user_environment(self._environ))
        if shortcut is None:
            return
        try:
            yield (read_target(shortcut),)
        except (OSError, ValueError) as error:
            _LOG.debug("skipped %s: %s", shortcut, error)

    def _ask(self, found: Sequence[Running]) -> Outcome:
        # Without /F it posts WM_CLOSE; by number, as others of that name may not be the user's.
        told = [self._run_tool(("taskkill", "/PID", str(each.process.pid))) for each in found]
        return next((outcome for outcome in told if outcome.ok), told[-1])

    def _make_folder(self, name: str | None) -> Outcome:
        try:
            folder = self._desktop_folder()
        except OSError as error:
            return Outcome("failed", str(error))
        return make_folder(folder, name)

    def _run_tool(self, argv: Argv) -> Outcome:
        environ = user_environment(self._environ)
        program = find_program(argv[0], environ)
        if program is None:
            return Outcome("unsupported", argv[0])
        try:
            return self._run((program, *argv[1:]), environ, timeout_s=TIMEOUT_S)
        except OSError as error:
            return Outcome("failed", str(error))

    def _change_volume(self, volume: Volume) -> None:
        steps = round(volume.percent / _PERCENT_PER_STEP)
        if volume.change == "set":
            for _ in range(100 // _PERCENT_PER_STEP):
                self._press(VK_VOLUME_DOWN)
        for _ in range(steps):
            self._press(VK_VOLUME_DOWN if volume.change == "lower" else VK_VOLUME_UP)

    def _set_mute(self, mute: bool) -> None:
        # The mute key only toggles, but louder always ends the silence, whatever it was before.
        self._press(VK_VOLUME_DOWN)
        self._press(VK_VOLUME_UP)
        if mute:
            self._press(VK_VOLUME_MUTE)

    def _press(self, *keys: int) -> None:
        for key in keys:
            self._user32.keybd_event(key, 0, 0, 0)
        for key in reversed(keys):
            self._user32.keybd_event(key, 0, _KEY_UP, 0)


def _is_console_program(path: str) -> bool:
    """Return whether `path` is an .exe that needs a console window: without one it ends at once.

    Source: Microsoft Learn, "PE Format": the optional header's field Subsystem, 3 for the console.
    """
    try:
        with open(path, "rb") as file:
            file.seek(0x3C)
            (header,) = struct.unpack("<I", file.read(4))
            file.seek(header)
            signature = file.read(4)
            file.seek(header + 4 + 20 + 68)
            (subsystem,) = struct.unpack("<H", file.read(2))
    except (OSError, struct.error):
        return False
    return signature == b"PE\0\0" and subsystem == 3


def _system_startfile() -> Callable[[str], None]:
    if sys.platform == "win32":
        return os.startfile
    raise OSError("os.startfile exists on Windows only")


def _system_user32() -> User32:
    if sys.platform == "win32":
        return cast("User32", ctypes.windll.user32)
    raise OSError("user32.dll exists on Windows only")
