"""Tell whether Linux has a screen to show a window on."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_X_DISPLAY = re.compile(r"(?P<host>.*?)(?:/unix)?:(?P<number>\d+)(?:\.\d+)?")
_TIMEOUT_S = 0.05
"""A local socket answers at once or its queue is full; this is half of what a request may take."""


def display_problem(environ: Mapping[str, str]) -> str | None:
    """Return why no window can be shown, or `None` if one can.

    A display counts when its socket takes a connection: the variables outlive the session.
    """
    wayland, x_display = environ.get("WAYLAND_DISPLAY"), environ.get("DISPLAY")
    if not wayland and not x_display:
        return "neither WAYLAND_DISPLAY nor DISPLAY is set"
    if wayland and _wayland_answers(wayland, environ.get("XDG_RUNTIME_DIR")):
        return None
    if x_display and _x_answers(x_display):
        return None
    named = {"WAYLAND_DISPLAY": wayland, "DISPLAY": x_display}
    return ", ".join(f"{name}={value}" for name, value in named.items() if value) + ": no answer"


def _wayland_answers(name: str, runtime_dir: str | None) -> bool:
    path = Path(runtime_dir or "", name)
    return path.is_absolute() and _accepts(str(path))


def _x_answers(display: str) -> bool:
    found = _X_DISPLAY.fullmatch(display)
    if found is None:
        return False
    if found["host"] not in ("", "unix"):
        # Another machine's screen, mostly through ssh: asking it would take longer than a launch.
        return True
    path = f"/tmp/.X11-unix/X{found['number']}"  # noqa: S108 - where X servers listen
    return _accepts("\0" + path) or _accepts(path)


def _accepts(address: str) -> bool:
    if sys.platform == "win32":
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(_TIMEOUT_S)
            client.connect(address)
    except BlockingIOError:
        # Its queue is full: it is busy, not gone.
        return True
    except OSError:
        return False
    return True
