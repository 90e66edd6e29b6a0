"""Where a Linux desktop keeps things.

Sources: XDG Base Directory Specification 0.8; xdg-user-dirs(5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_DATA_DIRS = "/usr/local/share:/usr/share"
_PICTURES = re.compile(r'^\s*XDG_PICTURES_DIR="(\$HOME)?(/[^"]*)"', re.MULTILINE)


def application_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Where `.desktop` entries lie, most important first.

    Flatpak and Snap put theirs on `XDG_DATA_DIRS` at login only, so their folders come last here
    whether they are named there or not.
    """
    home = _home(environ)
    data_home = _absolute(environ.get("XDG_DATA_HOME")) or home / ".local/share"
    listed = (environ.get("XDG_DATA_DIRS") or _DATA_DIRS).split(":")
    data_dirs = [path for each in listed if (path := _absolute(each))]
    exports = [
        data_home / "flatpak/exports/share",
        Path("/var/lib/flatpak/exports/share"),
        Path("/var/lib/snapd/desktop"),
    ]
    # A dict keeps the first of two equal folders.
    return tuple(dict.fromkeys(each / "applications" for each in [data_home, *data_dirs, *exports]))


def pictures_folder(environ: Mapping[str, str]) -> Path:
    """The user's folder for pictures, `~/Pictures` if they chose none."""
    home = _home(environ)
    config = _absolute(environ.get("XDG_CONFIG_HOME")) or home / ".config"
    try:
        chosen = _PICTURES.search((config / "user-dirs.dirs").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        chosen = None
    if chosen is None:
        return home / "Pictures"
    return Path(f"{home}{chosen[2]}") if chosen[1] else Path(chosen[2])


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def _absolute(folder: str | None) -> Path | None:
    """The path, unless it is relative: those must be ignored."""
    return Path(folder) if folder and Path(folder).is_absolute() else None
