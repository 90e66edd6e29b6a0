"""Name the exit codes of `test_gpu.py`, as its help lists them."""

from __future__ import annotations

WORKS = 0
CANNOT_BE_USED = 1
BAD_ARGUMENTS = 2
NO_CARD = 3
NO_ENVIRONMENT = 4
INTERRUPTED = 130
