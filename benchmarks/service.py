"""Time the service itself: `python -m benchmarks.service`.

Printed: seconds from `python start.py` to the first answer of `/health` and of `/ready` (medians of
five starts, everything installed); then the time of `/process` for a command that is only decided
and for one that starts a real program (`sleep`, from a commands file), and of `/health` alone and
while recordings are transcribed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from tests.support.live_service import LiveService, free_port
from voice_assistant import ROOT

_STARTS = 5
_REQUESTS = 200
_CLIP = ROOT / "tests" / "clips" / "zm_yunxi_000.flac"


def start_times(folder: Path) -> tuple[float, float]:
    """Return the median seconds from start to `/health` and to `/ready`."""
    healthy, ready = [], []
    for _ in range(_STARTS):
        port = free_port()
        began = time.perf_counter()
        with (folder / "out.txt").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "start.py"), "--port", str(port)],
                stdout=out,
                stderr=out,
            )
        try:
            healthy.append(_until(f"http://127.0.0.1:{port}/health") - began)
            ready.append(_until(f"http://127.0.0.1:{port}/ready") - began)
        finally:
            process.terminate()
            process.wait(30)
    return statistics.median(healthy), statistics.median(ready)


def _until(url: str) -> float:
    while True:
        try:
            if httpx2.get(url, timeout=5, trust_env=False).status_code == 200:
                return time.perf_counter()
        except httpx2.TransportError:
            time.sleep(0.02)


def times_ms(call: Callable[[], httpx2.Response]) -> str:
    """Return median and p99 of many calls, in words."""
    taken = []
    for _ in range(_REQUESTS):
        began = time.perf_counter()
        call().raise_for_status()
        taken.append(1000 * (time.perf_counter() - began))
    taken.sort()
    return f"median {statistics.median(taken):.1f} ms, p99 {taken[int(0.99 * len(taken))]:.1f} ms"


def main() -> None:
    """Run from the command line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        health_s, ready_s = start_times(folder)
        print(f"start: /health after {health_s:.2f} s, /ready after {ready_s:.2f} s")
        (folder / "commands.toml").write_text(
            '[[app]]\nname = "瞌睡虫"\ncommand = ["sleep", "1"]\n', encoding="utf-8"
        )
        service = LiveService(folder, [])
        try:
            with httpx2.Client(base_url=service.url, timeout=60, trust_env=False) as client:
                _report(client)
        finally:
            service.stop()


def _report(client: httpx2.Client) -> None:
    def process(text: str, *, execute: bool) -> httpx2.Response:
        return client.post("/process", json={"text": text, "execute_commands": execute})

    print("/process, deciding only:", times_ms(lambda: process("打开计算器", execute=False)))
    print("/process, starting a program:", times_ms(lambda: process("打开瞌睡虫", execute=True)))
    print("/health:", times_ms(lambda: client.get("/health")))

    done = threading.Event()

    def transcribe() -> None:
        with httpx2.Client(timeout=60, trust_env=False) as busy:
            while not done.is_set():
                files = {"audio_file": ("a.flac", _CLIP.read_bytes())}
                busy.post(f"{client.base_url}/transcribe", files=files)

    worker = threading.Thread(target=transcribe)
    worker.start()
    try:
        print("/health while transcribing:", times_ms(lambda: client.get("/health")))
    finally:
        done.set()
        worker.join()


if __name__ == "__main__":
    main()
