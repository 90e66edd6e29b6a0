"""Find the windows on an X display by their process, and close them as their close button does."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence

from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.closing import terminate
from voice_assistant.desktop.process import find_program
from voice_assistant.desktop.running import Running

TIMEOUT_S = 1.0
"""How long one call of a tool may take: both answer within 5 to 35 ms, on two cores with ten
processes waiting."""


def close_windows(pids: Sequence[int], environ: Mapping[str, str]) -> bool:
    """Ask the windows of these processes to close; whether one was asked.

    An app may then ask its user what to save. xdotool's `windowclose` and `windowkill` would not
    let it; its `windowquit` came with version 3.20210804.
    """
    asked = False
    for window in _listed_windows(pids, environ):
        asked |= _run(("wmctrl", "-i", "-c", window), environ) is not None
    if asked:
        return True
    for window in _found_windows(pids, environ):
        asked |= _run(("xdotool", "windowquit", window), environ) is not None
    return asked


def ask_to_close(found: Sequence[Running], environ: Mapping[str, str]) -> Outcome:
    """Close the windows of `found` as their close buttons do; without windows, SIGTERM."""
    if close_windows([each.process.pid for each in found], environ):
        return Outcome("done")
    return terminate(found)


def _listed_windows(pids: Sequence[int], environ: Mapping[str, str]) -> Iterator[str]:
    """Return those that the window manager manages, minimised ones included."""
    for line in (_run(("wmctrl", "-l", "-p"), environ) or "").splitlines():
        window, _desktop, pid, *_ = [*line.split(), "", "", ""]
        if pid in map(str, pids):
            yield window


def _found_windows(pids: Sequence[int], environ: Mapping[str, str]) -> Iterator[str]:
    for pid in pids:
        # With --onlyvisible, a minimised window would be missed and its app end unasked.
        yield from (_run(("xdotool", "search", "--pid", str(pid)), environ) or "").split()


def _run(argv: Argv, environ: Mapping[str, str]) -> str | None:
    """Return what a tool writes to standard output; `None` if it is missing or fails."""
    program = find_program(argv[0], environ)
    if program is None:
        return None
    try:
        done = subprocess.run(
            (program, *argv[1:]),
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace")
