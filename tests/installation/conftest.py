"""Which of these tests a system can run."""

from __future__ import annotations

import sys

# POSIX signals: Windows has none of them.
collect_ignore = ["test_interrupted.py"] if sys.platform == "win32" else []
