"""Tell where a Linux desktop keeps things.

Sources: XDG Base Directory Specification 0.8; xdg-user-dirs(5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

_DATA_DIRS = "/usr/local/share:/usr/share"
_USER_FOLDER = re.compile(
    r'^\s*XDG_([A-Z]+)_DIR="(\$HOME|(?=/))((?:/(?:[^"\\]|\\.)*)?)"', re.MULTILINE
)
_ESCAPE = re.compile(r'\\([$`"\\])')


def application_folders(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return where `.desktop` entries lie, most important first.

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
    """Return the user's folder for pictures, `~/Pictures` if they chose none."""
    return _user_folders(environ).get("PICTURES") or _home(environ) / "Pictures"


def desktop_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder that the desktop shows: as chosen, `~/Desktop` or the home."""
    home = _home(environ)
    chosen = _user_folders(environ).get("DESKTOP")
    candidates = [each for each in (chosen, home / "Desktop") if each is not None]
    return next((each for each in candidates if each.is_dir()), home)


def _user_folders(environ: Mapping[str, str]) -> dict[str, Path]:
    """Return what the user chose, by the name in the middle of `XDG_…_DIR`."""
    home = _home(environ)
    config = _absolute(environ.get("XDG_CONFIG_HOME")) or home / ".config"
    try:
        text = (config / "user-dirs.dirs").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    return {
        name: Path((str(home) if in_home else "") + _ESCAPE.sub(r"\1", path))
        for name, in_home, path in _USER_FOLDER.findall(text)
    }


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ["HOME"]) if environ.get("HOME") else Path.home()


def _absolute(folder: str | None) -> Path | None:
    """Return the path, unless it is relative: those must be ignored."""
    return Path(folder) if folder and Path(folder).is_absolute() else None
