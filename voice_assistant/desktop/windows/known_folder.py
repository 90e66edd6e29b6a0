"""Tell where Windows keeps the user's desktop, which OneDrive or the user may have moved."""

from __future__ import annotations

import ctypes
import sys
import uuid
from pathlib import Path

_DESKTOP = uuid.UUID("B4BFCC3A-DB2C-424C-B029-7FE99A87C641")
"""FOLDERID_Desktop: Microsoft Learn, "KNOWNFOLDERID"."""


def desktop_folder() -> Path:
    """Return the folder that the desktop shows.

    Raises:
        OSError: this is not Windows, or it does not tell.
    """
    if sys.platform == "win32":
        found = ctypes.c_wchar_p()
        status = ctypes.windll.shell32.SHGetKnownFolderPath(
            _DESKTOP.bytes_le, 0, None, ctypes.byref(found)
        )
        folder = found.value
        # Also after an error: Microsoft Learn, "SHGetKnownFolderPath".
        ctypes.windll.ole32.CoTaskMemFree(found)
        if status == 0 and folder:
            return Path(folder)
        raise OSError(f"SHGetKnownFolderPath: {status & 0xFFFFFFFF:#010x}")
    raise OSError("known folders exist on Windows only")
