"""Starting stage 2 with a small application."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from voice_assistant import ROOT

_ANSWERS_WITHIN_S = 60


def start_server(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Run `tests.launcher.fake_server`; `settings` are those of `VOICE_…`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICE_")}
    defaults = {"engine": "fake", "locale": "en", "log_file": str(folder / "log")}
    chosen = {f"VOICE_{name.upper()}": value for name, value in (defaults | settings).items()}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.launcher.fake_server", *arguments],
        cwd=ROOT,
        env={**kept, **chosen, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def wait_for_health(port: int) -> dict[str, int]:
    """What /health answers, once it does."""
    deadline = time.monotonic() + _ANSWERS_WITHIN_S
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with direct.open(f"http://127.0.0.1:{port}/health", timeout=60) as response:
                answer: dict[str, int] = json.load(response)
                return answer
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
