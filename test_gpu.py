"""Checks the graphics card: what there is, whether it works, what repairs it; see `--help`."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from voice_assistant.self_check.main import main

    sys.exit(main(sys.argv[1:]))
