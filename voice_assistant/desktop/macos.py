"""Act on a macOS desktop: `open`, AppleScript with fixed text, and the system's own tools."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
from typing_extensions import assert_never

from voice_assistant.desktop.action import Action, checked, parse_volume, screenshot_file
from voice_assistant.desktop.address import is_web_address
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.closing import close_first, terminate
from voice_assistant.desktop.environment import user_environment
from voice_assistant.desktop.new_folder import make_folder
from voice_assistant.desktop.process import WATCH_S, find_program, launch, not_started, run

OPEN = "/usr/bin/open"

OPEN_WATCH_S = 2.0
"""`open` tells by its exit status whether there is such an app, once the app was asked to start.
Chosen without a Mac to measure on."""

TIMEOUT_S = 5.0  # as on Linux

_OSASCRIPT = "/usr/bin/osascript"
_PERCENT = "(item 1 of argv as integer)"
_NOW = "(output volume of (get volume settings))"


def _script(*lines: str) -> Argv:
    return (
        _OSASCRIPT,
        *(part for line in ("on run argv", *lines, "end run") for part in ("-e", line)),
    )


VOLUME: Mapping[str, Argv] = {
    "set": _script(f"set volume output volume {_PERCENT}"),
    "raise": _script(f"set volume output volume ({_NOW} + {_PERCENT})"),
    "lower": _script(f"set volume output volume ({_NOW} - {_PERCENT})"),
}
"""The percentage, without a sign, goes last."""

MUTE = _script("set volume output muted true")
UNMUTE = _script("set volume output muted false")
QUIT = _script(
    'if application (item 1 of argv) is not running then error "not running"',
    # The app may take its time to ask what to save.
    "ignoring application responses",
    "tell application (item 1 of argv) to quit",
    "end ignoring",
)
"""The name of the app goes last."""

SCREENSHOT: Argv = ("/usr/sbin/screencapture", "-x")
"""The file goes last."""

OTHERS: Mapping[Action, Argv] = {
    # Asks for the password again if the user has set it so, which is how macOS comes.
    Action.LOCK: ("/usr/bin/pmset", "displaysleepnow"),
    Action.POWER_OFF: _script('tell application "System Events" to shut down'),
    Action.RESTART: _script('tell application "System Events" to restart'),
    Action.LOG_OUT: _script('tell application "System Events" to log out'),
    Action.HIBERNATE: ("/usr/bin/pmset", "sleepnow"),
}

_NO_SUCH_APP = ("Unable to find application", "LSCopyApplicationURLsForBundleIdentifier")
"""What `open` says of an unknown name and of an unknown bundle identifier."""

_NOT_RUNNING = ("not running (", "(-1728)")
"""What `QUIT` says, and AppleScript of an unknown name."""

_HOLDS_THE_DESKTOP = "finder"

_NEVER_IN_A_NAME = frozenset("/\\\0\n\r")


class MacDesktop:
    """See `Desktop`.

    Args:
        environ: our environment; looked at anew for each call.
        launch: starts a program and leaves it running (`process.launch`).
        run: runs a tool to its end (`process.run`).
    """

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        *,
        launch: Callable[..., Outcome] = launch,
        run: Callable[..., Outcome] = run,
    ) -> None:
        self._environ = environ
        self._launch = launch
        self._run = run

    def start_app(
        self, candidates: Sequence[Argv], names: Sequence[str], *, needs_screen: bool = True
    ) -> Outcome:
        """Start the first of `candidates` that is there, else the app of that name."""
        by_name = [(OPEN, "-a", name) for name in names if _is_app_name(name)]
        for argv in [*candidates, *by_name]:
            outcome = self._start(argv)
            if outcome.code != "not_found":
                return outcome
        looked_for = [argv[-1] for argv in candidates] + list(names)
        return Outcome("not_found", ", ".join(dict.fromkeys(looked_for)))

    def close_app(self, commands: Sequence[Argv], names: Sequence[str]) -> Outcome:
        """Ask the first app of `commands` that runs, else the one of that name."""
        by_open = [argv[2] for argv in commands if argv[:2] == ("open", "-a")]
        others = [argv for argv in commands if argv[0] != "open"]
        for name in filter(_is_app_name, dict.fromkeys([*by_open, *names])):
            outcome = self._quit(name)
            if outcome.code != "not_running":
                return outcome
        return close_first(others, [*by_open, *names], terminate)

    def open_url(self, url: str) -> Outcome:
        """Open an http or https address in the default browser."""
        if not is_web_address(url):
            return Outcome("refused", repr(url)[:200])
        outcome = self._start((OPEN, url))
        return Outcome("opened") if outcome.ok else outcome

    def run_system(self, action: str, value: str | None) -> Outcome:
        """Carry out a system action."""
        known = checked(action, value)
        if isinstance(known, Outcome):
            return known
        match known:
            case Action.SCREENSHOT:
                return self._take_screenshot()
            case Action.NEW_FOLDER:
                return make_folder(Path.home() / "Desktop", value)
            case Action.MUTE:
                return self._run_tool(UNMUTE if value == "off" else MUTE)
            case Action.VOLUME:
                volume = parse_volume(value)
                return self._run_tool((*VOLUME[volume.change], str(volume.percent)))
            case (
                Action.LOCK | Action.POWER_OFF | Action.RESTART | Action.LOG_OUT | Action.HIBERNATE
            ):
                return self._run_tool(OTHERS[known])
            case _:
                assert_never(known)

    def _start(self, argv: Argv) -> Outcome:
        environ = user_environment(self._environ)
        program = find_program(argv[0], environ)
        if program is None:
            return Outcome("not_found", argv[0])
        watch_s = OPEN_WATCH_S if Path(program).name == "open" else WATCH_S
        try:
            outcome = self._launch((program, *argv[1:]), environ, watch_s=watch_s)
        except OSError as error:
            return not_started(argv, error)
        if outcome.code == "exited" and any(words in outcome.detail for words in _NO_SUCH_APP):
            return Outcome("not_found", outcome.detail)
        return outcome

    def _quit(self, name: str) -> Outcome:
        if name.casefold() == _HOLDS_THE_DESKTOP:
            return Outcome("unsupported", name)
        if runs_this_service(f"{name}.app"):
            return Outcome("unsupported", f"{name}: this service runs in it")
        outcome = self._run_tool((*QUIT, name))
        if outcome.code == "failed" and any(words in outcome.detail for words in _NOT_RUNNING):
            return Outcome("not_running", name)
        return outcome

    def _take_screenshot(self) -> Outcome:
        try:
            file = screenshot_file(Path.home() / "Pictures")
        except OSError as error:
            return Outcome("failed", str(error))
        outcome = self._run_tool((*SCREENSHOT, str(file)))
        return Outcome("done", str(file)) if outcome.ok else outcome

    def _run_tool(self, argv: Argv) -> Outcome:
        try:
            return self._run(argv, user_environment(self._environ), timeout_s=TIMEOUT_S)
        except FileNotFoundError:
            return Outcome("unsupported", argv[0])
        except OSError as error:
            return Outcome("failed", str(error))


def runs_this_service(bundle: str) -> bool:
    """Return whether this service was started in the macOS app `bundle`, such as `Terminal.app`."""
    for process in psutil.Process().parents():
        try:
            parts = Path(process.exe()).parts
        except psutil.Error:
            continue
        if bundle.casefold() in (part.casefold() for part in parts):
            return True
    return False


def _is_app_name(name: str) -> bool:
    """Return whether it can only be a name: `open -a` would take a path, too."""
    return not name.startswith("-") and _NEVER_IN_A_NAME.isdisjoint(name)
