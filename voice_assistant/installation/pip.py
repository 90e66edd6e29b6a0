"""Run pip and show how far it is."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from voice_assistant.console import Console
from voice_assistant.errors import LaunchError
from voice_assistant.installation.diagnosis import explain
from voice_assistant.installation.pip_progress import PipProgress, count_pins
from voice_assistant.messages import say

# Source packages are refused: building one needs a compiler, and fails in ways no sentence covers.
_OPTIONS = (
    "--disable-pip-version-check",
    "--no-input",
    "--no-user",
    "--progress-bar=off",
    "--only-binary=:all:",
)
# A download that breaks off goes on where it was; pip before 25.1 ignores this.
_VARIABLES = {"PIP_RESUME_RETRIES": "20"}
# What ends this program ends pip, too, often before it is noticed here: a hangup, Ctrl-C, SIGTERM,
# and what Windows says of the first two. Where pip notices Ctrl-C, it says so (`diagnosis.py`).
_INTERRUPTED = (-1, -2, -15, 0xC000013A)


def install_requirements(
    python: Path, requirements: Path, log: Path, console: Console, lock: int
) -> None:
    """Install a lock file into the environment of `python`.

    Args:
        python: the environment's interpreter.
        requirements: one `name==version` a line; where they carry hashes, pip checks them.
        log: all of pip's output is appended to it.
        console: where progress goes.
        lock: descriptor of the lock, which pip holds too (POSIX).

    Raises:
        LaunchError: pip failed.
    """
    total = count_pins(requirements.read_text(encoding="utf-8"))
    run_pip(python, ["-r", str(requirements)], log, console, lock, total=total)


def run_pip(
    python: Path,
    arguments: Sequence[str],
    log: Path,
    console: Console,
    lock: int,
    *,
    total: int = 0,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Run `pip install` in the environment of `python`.

    Args:
        python: the environment's interpreter.
        arguments: what to install, and pip's options for it.
        log: all of pip's output is appended to it.
        console: where progress goes.
        lock: descriptor of the lock, which pip holds too (POSIX).
        total: how many packages there are to install, if that is known.
        stopping: asked every second, at least; pip is ended once it says so.

    Raises:
        LaunchError: pip failed, or was ended: `launcher.interrupted`, whoever ended it.
    """
    command = [str(python), "-m", "pip", "install", *_OPTIONS, *arguments]
    progress = PipProgress(total)
    output: list[str] = []
    with (
        log.open("a", encoding="utf-8") as record,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**_VARIABLES, **os.environ},
            pass_fds=() if sys.platform == "win32" else (lock,),
        ) as pip,
    ):
        record.write(f"$ {' '.join(command)}\n")
        report = _Report(progress, console)

        def tick() -> None:
            report.tick()
            if stopping():
                pip.terminate()

        try:
            for line in _lines(pip, tick):
                record.write(line)
                output.append(line)
                report.take(line)
                if stopping():
                    pip.terminate()
            pip.wait()
        finally:
            pip.terminate()
            console.redraw("")
    if stopping() or pip.returncode in _INTERRUPTED:
        raise LaunchError("launcher.interrupted")
    if pip.returncode != 0:
        raise explain(output, log)


def _lines(process: subprocess.Popen[str], on_idle: Callable[[], None]) -> Iterator[str]:
    """Yield the lines of a process as they come; `on_idle` is called every second without one."""
    lines: queue.Queue[str | None] = queue.Queue()

    def pump() -> None:
        for line in process.stdout or ():
            lines.put(line)
        lines.put(None)

    threading.Thread(target=pump, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=1)
        except queue.Empty:
            on_idle()
            continue
        if line is None:
            return
        yield line


class _Report:
    """Turn pip's lines into the console's."""

    def __init__(self, progress: PipProgress, console: Console) -> None:
        self._progress, self._console = progress, console
        self._note, self._since, self._warned = "", time.monotonic(), False

    def take(self, line: str) -> None:
        if self._progress.feed(line):
            self._begin(self._progress.current)
        elif line.startswith("Installing collected packages"):
            count = line.count(",") + 1
            self._begin(say("launcher.unpacking", self._console.language, count=count))
        elif "Retrying (Retry(" in line and not self._warned:
            self._warned = True
            self._console.show("warning", "launcher.retrying")

    def tick(self) -> None:
        seconds = int(time.monotonic() - self._since)
        if self._note and seconds:
            self._console.redraw(f"{self._note}  {seconds // 60}:{seconds % 60:02d}")

    def _begin(self, note: str) -> None:
        self._note, self._since = note, time.monotonic()
        if self._console.is_terminal:
            self._console.redraw(note)
        else:
            self._console.write("plain", note)
