"""Tell where Windows keeps the user's desktop, which OneDrive or the user may have moved."""

from __future__ import annotations

import sys
from pathlib import Path


def desktop_folder() -> Path:
    """Return the folder that the desktop shows.

    Raises:
        OSError: this is not Windows, or it does not tell.
    """
    if sys.platform == "win32":
        # Installed on Windows only; docs/libraries.md says why.
        from platformdirs import user_desktop_path

        return user_desktop_path()
    raise OSError("known folders exist on Windows only")
