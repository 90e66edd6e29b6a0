"""Find the shortcuts of the Windows Start menu by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from voice_assistant.desktop.folder_cache import FolderCache, FoundFile

_PROGRAMS = Path("Microsoft", "Windows", "Start Menu", "Programs")


class StartMenu:
    """Look shortcuts up; notice when one is added or removed."""

    def __init__(self) -> None:
        self._shortcuts = FolderCache(".lnk", _by_name)

    def find(self, names: Sequence[str], environ: Mapping[str, str]) -> Path | None:
        """Return the shortcut that is called exactly one of `names`, whatever the case.

        The user's own menu comes before the one that all users share.
        """
        roots = tuple(
            Path(environ[variable]) / _PROGRAMS
            for variable in ("APPDATA", "PROGRAMDATA")
            if environ.get(variable)
        )
        shortcuts = self._shortcuts.get(roots)
        found = (shortcuts.get(name.strip().casefold()) for name in names)
        return next((path for path in found if path is not None), None)


def _by_name(files: Sequence[FoundFile]) -> dict[str, Path]:
    shortcuts: dict[str, Path] = {}
    for _, path in files:
        shortcuts.setdefault(path.stem.casefold(), path)
    return shortcuts
