"""Tell which torch an environment has, from its files; nothing here imports torch."""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.installation.stamp import BEGUN, read_stamp
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.torch_builds import BUILDS, builds_for


@dataclass(frozen=True, slots=True)
class Installed:
    """Describe the torch in an environment.

    Attributes:
        version: for example `2.13.0+cpu`.
        cuda: the CUDA that it was built for; empty if it is for CPUs only.
    """

    version: str
    cuda: str


def find_installed(folder: Path | None = None) -> Installed | None:
    """Return the torch in an environment, read from its files.

    Args:
        folder: that packages are in; by default, where this process would find it, unless the
            launcher is still at it: what is there then cannot be imported yet.
    """
    if folder is None:
        stamp = read_stamp(Path(sys.prefix))
        if stamp is not None and stamp.torch == BEGUN:
            return None
        found = importlib.util.find_spec("torch")
        if found is None or not found.origin:
            return None
        folder = Path(found.origin).parent.parent
    try:
        text = (folder / "torch" / "version.py").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    version = re.search(r"^__version__ = '([^']+)'", text, re.MULTILINE)
    cuda = re.search(r"^cuda: .*= '([^']+)'", text, re.MULTILINE)
    return Installed(version[1], cuda[1] if cuda else "") if version else None


def serves(installed: Installed | None, card: Card, driver: Driver) -> bool:
    """Return whether the torch that is installed can use a card, as far as is known without trying.

    A build that is not among ours is the user's own, and is believed if the driver runs its CUDA.
    """
    if installed is None or not installed.cuda:
        return False
    known = next((build for build in BUILDS if build.cuda == installed.cuda), None)
    if known is not None and known not in builds_for(card):
        return False
    wanted, runs = _numbers(installed.cuda), _numbers(driver.cuda)
    return bool(wanted and runs) and wanted[0] <= runs[0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
