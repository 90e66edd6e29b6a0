"""Keep a note in `.venv` of what is installed there, so that a second start need not check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from voice_assistant.processes.files import read_json, write_whole

NAME = "voice_assistant.json"
"""The note's file name in `.venv`."""

BEGUN = "begun"
"""What the note says of torch until it is there in full."""


@dataclass(frozen=True)
class Stamp:
    """Hold what is noted about an environment.

    Attributes:
        interpreter: fingerprint of the Python behind it; another one may not find the packages.
        version: of that Python, as `3.11`.
        installed: SHA-256 of each requirements file that is installed in full, by file name.
        unfinished: an installation began and did not end; any package may be half there.
        torch: `BEGUN` while torch is being installed for the card; else the attempt that failed.
    """

    interpreter: str = ""
    version: str = ""
    installed: Mapping[str, str] = field(default_factory=dict)
    unfinished: bool = False
    torch: str = ""

    def write(self, folder: Path) -> None:
        """Write the note to `folder`; readers see the old one or this one, whole.

        Raises:
            OSError: it cannot be written.
        """
        write_whole(folder / NAME, json.dumps(asdict(self), indent=1).encode("utf-8"))


def read_stamp(folder: Path) -> Stamp | None:
    """Return the note in `folder`; `None` if there is none that can be read."""
    try:
        noted = read_json(folder / NAME)
    except (OSError, ValueError):
        return None
    return Stamp(**noted) if isinstance(noted, dict) and _are_fields(noted) else None


def _are_fields(noted: dict[str, object]) -> bool:
    """Return whether everything noted is a field of a stamp, and of its type."""
    plain = asdict(Stamp())
    installed = noted.get("installed", {})
    return (
        all(name in plain and type(noted[name]) is type(plain[name]) for name in noted)
        and isinstance(installed, dict)
        and all(isinstance(digest, str) for digest in installed.values())
    )


def fingerprint(python: Path) -> str:
    """Return what tells one interpreter from another without running it; empty if it is missing.

    A system upgrade can put another version behind the same link.
    """
    try:
        real = python.resolve(strict=True)
        facts = real.stat()
    except OSError:
        return ""
    return f"{real} {facts.st_size} {facts.st_mtime_ns}"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()
