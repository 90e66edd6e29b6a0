"""Behaves like `voice_assistant.downloader --json`, as `FAKE_DOWNLOAD` says, without a network."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def write(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> int:
    folder = Path(arguments[arguments.index("--dir") + 1])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "runs").open("a", encoding="utf-8") as runs:
        runs.write(f"{os.getpid()} {' '.join(arguments[:-1])}\n")
    write(event="note", key="download.fetching", params={})
    sys.stdout.write("what is no JSON\n7\n")
    write(event="progress", model="", done=50_000_000, total=200_000_000, rate=25e6, left_s=6.0)
    how = os.environ["FAKE_DOWNLOAD"]
    if how in ("refused", "unreachable", "differs"):
        params = {"model": "small", "source": "hub.example", "detail": "404"}
        write(event="error", code=f"DOWNLOAD_{how.upper()}", params=params)
        return 1
    if how == "hangs":
        time.sleep(600)
    return 3 if how == "crashes" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
