"""Find the apps installed on a Linux desktop by name."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from voice_assistant.desktop.folder_cache import FolderCache, FoundFile
from voice_assistant.desktop.linux.desktop_entry import DesktopEntry, fold_name, read_desktop_entry
from voice_assistant.desktop.linux.xdg import application_folders

_LOG = logging.getLogger(__name__)


class InstalledApps:
    """Look apps up in the `.desktop` entries; notice when one is installed or removed."""

    def __init__(self) -> None:
        self._entries = FolderCache(".desktop", _read)

    def find(self, names: Sequence[str], environ: Mapping[str, str]) -> list[DesktopEntry]:
        """Return the apps that are called exactly one of `names`, best first.

        Case and spaces do not count. What kind of app it is (`Web Browser`, `计算器`) is a name too
        as long as a single app has it.
        """
        entries = self._entries.get(application_folders(environ))
        wanted = list(dict.fromkeys(fold_name(name) for name in names))
        named = [
            entry
            for name in wanted
            for entry in entries
            if name in entry.names and entry.is_usable(environ)
        ]
        for name in wanted:
            kin = [each for each in entries if name in each.generic_names]
            usable = [each for each in kin if each.is_usable(environ)]
            if len(usable) == 1:
                named += usable
        return named


def _read(files: Sequence[FoundFile]) -> list[DesktopEntry]:
    """Read one entry for each id: the first that can be read, even if it only hides the others."""
    by_id: dict[str, DesktopEntry] = {}
    for root, path in files:
        desktop_id = "-".join(path.relative_to(root).parts)
        if desktop_id in by_id:
            continue
        try:
            by_id[desktop_id] = read_desktop_entry(path)
        except (OSError, ValueError) as error:
            _LOG.debug("skipped %s: %s", path, error)
    return [entry for entry in by_id.values() if entry.shown]
