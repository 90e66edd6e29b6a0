"""Start a program that runs on its own, and watch it for a moment."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from voice_assistant.desktop.base import Argv, Outcome

_LOG = logging.getLogger(__name__)

WATCH_S = 0.06
"""How long an app is watched before it counts as started. It has to fit, with all the rest, into a
request of 100 ms; a program that lacks a library or refuses its arguments ends sooner."""

REPORT_S = 5.0
"""How long after that an end with an error is still worth a line in the log: windows came within
3.4 s of the request, only Firefox and Telegram took up to 6.8 (14 programs, XFCE on two cores)."""

TRIM_EVERY_S = 60.0
"""How often what a running program wrote to standard error is thrown away: one that writes 1 MB a
second has 60 MB of the disk at most."""

_LONGEST_LINE = 200
"""Characters of the last line that go into an answer: about two lines on the page."""

_TAIL_BYTES = 4096
"""The last line is looked for in these: twenty of the longest in ASCII, six in Chinese."""

if sys.platform == "win32":
    _HIDDEN = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    _OWN_CONSOLE = subprocess.CREATE_NEW_CONSOLE | subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _HIDDEN = _OWN_CONSOLE = 0


class Program:
    """Hold a started program in a session of its own, reaped when it ends.

    It outlives the service: all it shares with us is a nameless file for its standard error. A pipe
    would block it when full, and break its writes once we are gone.

    Args:
        argv: the program and its arguments.
        environ: its environment.
        cwd: the folder it starts in; the user's home if `None` or missing.
        console: on Windows, give it a console window of its own.

    Raises:
        OSError: the system cannot start it.
    """

    def __init__(
        self,
        argv: Argv,
        environ: Mapping[str, str],
        *,
        cwd: Path | None = None,
        console: bool = False,
    ) -> None:
        self.name = Path(argv[0]).name
        self._ended = threading.Event()
        self._status: int | None = None
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        try:
            self._process = subprocess.Popen(
                argv,
                env=environ,
                cwd=cwd if cwd is not None and cwd.is_dir() else _home(environ),
                stdin=None if console else subprocess.DEVNULL,
                stdout=None if console else subprocess.DEVNULL,
                stderr=None if console else self._stderr,
                close_fds=True,
                start_new_session=True,
                creationflags=_OWN_CONSOLE if console else _HIDDEN,
            )
        except BaseException:
            self._stderr.close()
            raise
        self._in_background(self._reap)

    def wait(self, seconds: float) -> int | None:
        """Return the exit status, negative for a signal; `None` if it still runs."""
        self._ended.wait(seconds)
        return self._status

    def ending(self) -> str:
        """Tell how it ended: its name, the exit status, the last line on its standard error."""
        status = self._status or 0
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        line = self._last_line()
        return f"{self.name}: {how}: {line}" if line else f"{self.name}: {how}"

    def let_go(self) -> None:
        """Leave it running: log an early end with an error, keep its standard error small."""
        self._in_background(self._look_after)

    def kill(self) -> None:
        """End it and what it started; returns when it is gone."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._ended.wait()

    def close(self) -> None:
        """Drop what it wrote to standard error."""
        self._stderr.close()

    def _in_background(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, name=f"{self.name}-{self._process.pid}", daemon=True).start()

    def _reap(self) -> None:
        self._status = self._process.wait()
        self._ended.set()

    def _look_after(self) -> None:
        if self._ended.wait(REPORT_S) and self._status:
            _LOG.warning("ended right after its start: %s", self.ending())
        while not self._ended.wait(TRIM_EVERY_S):
            # The file offset is shared, so the program goes on writing at the beginning.
            self._stderr.seek(0)
            self._stderr.truncate()
        self.close()

    def _last_line(self) -> str:
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - _TAIL_BYTES))
        lines = self._stderr.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")[:_LONGEST_LINE]


def find_program(name: str, environ: Mapping[str, str]) -> str | None:
    """Return the path of a program on the `PATH` of `environ`, or `None`."""
    return shutil.which(name, path=environ.get("PATH", os.defpath))


def launch(
    argv: Argv,
    environ: Mapping[str, str],
    *,
    watch_s: float = WATCH_S,
    cwd: Path | None = None,
    console: bool = False,
) -> Outcome:
    """Start a program and leave it running.

    An end with status 0 counts as started: launchers hand over to an instance that runs already.

    Returns:
        `started`; `exited` if it ends with an error within `watch_s` seconds.

    Raises:
        OSError: the system cannot start it.
    """
    program = Program(argv, environ, cwd=cwd, console=console)
    status = program.wait(watch_s)
    if status is None:
        program.let_go()
        return Outcome("started", program.name)
    outcome = Outcome("exited", program.ending()) if status else Outcome("started", program.name)
    program.close()
    return outcome


def run(argv: Argv, environ: Mapping[str, str], *, timeout_s: float) -> Outcome:
    """Run a tool to its end; it is killed after `timeout_s` seconds.

    Returns:
        `done`; `failed` if it ends with an error or not in time.

    Raises:
        OSError: the system cannot start it.
    """
    program = Program(argv, environ)
    status = program.wait(timeout_s)
    if status is None:
        program.kill()
        outcome = Outcome("failed", f"{program.name}: no end within {timeout_s:g} s")
    else:
        outcome = Outcome("failed" if status else "done", program.ending() if status else "")
    program.close()
    return outcome


def not_started(argv: Argv, error: OSError) -> Outcome:
    """Return what it means that the system could not start `argv`."""
    gone = isinstance(error, (FileNotFoundError, PermissionError))
    return Outcome("not_found" if gone else "failed", f"{argv[0]}: {error.strerror or error}")


def _home(environ: Mapping[str, str]) -> str:
    home = environ.get("USERPROFILE" if sys.platform == "win32" else "HOME", "")
    return home if os.path.isdir(home) else os.path.abspath(os.sep)
