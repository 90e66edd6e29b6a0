#!/usr/bin/env python3
"""Fetch a Whisper model, from ModelScope or elsewhere; `--help` says more."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    from voice_assistant.launcher.main import main

    sys.exit(main(["download", *sys.argv[1:]]))
