"""Do what was asked for: start an app, open a site, carry out a system action.

    Desktop (base.py)        what every desktop can do, and how it went
    ├── DryRunDesktop        dry_run.py: says what it would do
    ├── LinuxDesktop         linux/
    ├── WindowsDesktop       windows/
    └── MacDesktop           macos.py

Programs are started from argument lists, never through a shell.
"""

from __future__ import annotations

import sys

from voice_assistant.desktop.base import Argv, Desktop, Outcome, OutcomeCode
from voice_assistant.desktop.dry_run import DryRunDesktop
from voice_assistant.desktop.linux.desktop import LinuxDesktop
from voice_assistant.desktop.macos import MacDesktop
from voice_assistant.desktop.windows.desktop import WindowsDesktop
from voice_assistant.settings import Settings

__all__ = ["Argv", "Desktop", "Outcome", "OutcomeCode", "get_desktop"]


def get_desktop(settings: Settings) -> Desktop:
    """Return the desktop of this computer, or the one that only says what it would do."""
    if settings.dry_run:
        return DryRunDesktop()
    if sys.platform == "win32":
        return WindowsDesktop()
    if sys.platform == "darwin":
        return MacDesktop()
    return LinuxDesktop()
