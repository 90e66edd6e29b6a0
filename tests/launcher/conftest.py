"""Which of these tests a system can run."""

from __future__ import annotations

import sys

# POSIX signals, terminals and a fake apt-get: Windows has none of them.
_POSIX_ONLY = [
    "test_offer_terminal.py",
    "test_stopping.py",
    "test_system_packages.py",
]
collect_ignore = _POSIX_ONLY if sys.platform == "win32" else []
