"""Make a folder under a name that was said."""

from __future__ import annotations

import re
from pathlib import Path

from voice_assistant.desktop.base import Outcome

DEFAULT_NAME = "新建文件夹"

_NOT_IN_A_NAME = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(
    r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\..*)?", re.IGNORECASE
)
"""Devices: Microsoft Learn, "Naming Files, Paths, and Namespaces"; `NUL .txt` is one, too."""

_LONGEST_BYTES = 120
"""An encrypted home leaves 143 bytes for a name (eCryptfs), a number included."""

_MOST_OF_A_NAME = 1000
"""Only so that the search ends; each try is one system call."""


def make_folder(parent: Path, name: str | None) -> Outcome:
    """Make a folder in `parent`; a number is added to a name that is taken.

    Returns:
        `done` with its path; `failed` if the system cannot make it.
    """
    base = folder_name(name)
    for number in range(1, _MOST_OF_A_NAME + 1):
        folder = parent / (base if number == 1 else f"{base} ({number})")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            return Outcome("failed", f"{folder}: {error.strerror or error}")
        return Outcome("done", str(folder))
    return Outcome("failed", f"{parent / base}: {_MOST_OF_A_NAME} of that name")


def folder_name(said: str | None) -> str:
    """Turn what was said into a name that every system takes, or the default if nothing is left."""
    printable = "".join(each if each.isprintable() else " " for each in said or "")
    name = " ".join(_NOT_IN_A_NAME.sub(" ", printable).split())
    short = name.encode()[:_LONGEST_BYTES].decode(errors="ignore")
    # A leading dot hides a folder; Windows drops dots and spaces at the end.
    name = short.strip(" .")
    return f"_{name}" if _RESERVED.fullmatch(name) else name or DEFAULT_NAME
