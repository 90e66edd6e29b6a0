"""Measure many clients at once: `python -m benchmarks.queue FOLDER`.

Clips of FOLDER (see `benchmarks.spoken`) go through `POST /transcribe`, to a service that only
decides. `--clients` send without a pause for `--seconds`, in three parts; before, between and after
one client sends alone: its times, served one after the other to as many clients, are the ideal
queue. Printed: throughput and p95 of both and their ratios, answers by status, `/health` meanwhile,
memory of service and speech process after ten recordings and at the end. Then 40 clients fill the
queue.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx2

from tests.support.live_service import LiveService

_HEALTH_EVERY_S = 0.05
_PHASES = 3
_EARLY = 10


@dataclass
class Phase:
    """Hold what was measured in one stretch of time."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    health_ms: list[float] = field(default_factory=list)
    took_s: float = 0.0


class Load:
    """Send clips to a service.

    Args:
        url: of the service.
        clips: the bytes of each.
    """

    def __init__(self, url: str, clips: list[bytes]) -> None:
        self._url = url
        self._clips = clips
        self._next = count()
        self.sent = 0

    def run(self, clients: int, seconds: float, most: int | None = None) -> Phase:
        """Have clients send one clip after the other for a while, or until `most` are sent."""
        phase = Phase()
        began = time.perf_counter()
        done = threading.Event()
        with ThreadPoolExecutor(clients + 1) as pool:
            watching = pool.submit(self._watch, phase, done)
            sending = [
                pool.submit(self._send, phase, began + seconds, most) for _ in range(clients)
            ]
            for each in sending:
                each.result()
            phase.took_s = time.perf_counter() - began
            done.set()
            watching.result()
        return phase

    def memory_mb(self) -> float:
        """Return resident memory of service and speech process."""
        memory = httpx2.get(f"{self._url}/health", trust_env=False, timeout=30).json()["memory"]
        return float(memory["service"] + memory["speech"])

    def _send(self, phase: Phase, until: float, most: int | None) -> None:
        with httpx2.Client(base_url=self._url, timeout=120, trust_env=False) as client:
            while time.perf_counter() < until and (most is None or self.sent < most):
                clip = self._clips[next(self._next) % len(self._clips)]
                began = time.perf_counter()
                response = client.post("/transcribe", files={"audio_file": ("a.flac", clip)})
                phase.seconds.append(time.perf_counter() - began)
                phase.statuses[response.status_code] += 1
                self.sent += 1

    def _watch(self, phase: Phase, done: threading.Event) -> None:
        with httpx2.Client(base_url=self._url, timeout=30, trust_env=False) as client:
            while not done.wait(_HEALTH_EVERY_S):
                began = time.perf_counter()
                client.get("/health").raise_for_status()
                phase.health_ms.append(1000 * (time.perf_counter() - began))


def ideal_waits(single: list[float], clients: int) -> list[float]:
    """Return how long each waits where so many are served one at a time, in their order."""
    arrivals = [0.0] * clients
    waits, free = [], 0.0
    for taken in single * clients:
        arrived = min(arrivals)
        free = max(free, arrived) + taken
        waits.append(free - arrived)
        arrivals[arrivals.index(arrived)] = free
    return waits[clients:]


def p(values: list[float], share: float) -> float:
    """Return a quantile."""
    return sorted(values)[int(share * (len(values) - 1))]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--every", type=int, default=1, help="use every n-th clip")
    arguments = parser.parse_args()
    with (arguments.folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[:: arguments.every]
    clips = [(arguments.folder / row["file"]).read_bytes() for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        service = LiveService(Path(folder), [], dry_run="1")
        try:
            _report(Load(service.url, clips), arguments.clients, arguments.seconds)
        finally:
            service.stop()


def _report(load: Load, clients: int, seconds: float) -> None:
    alone: list[Phase] = []
    crowds: list[Phase] = []
    load.run(1, seconds, _EARLY)
    early_mb = load.memory_mb()
    for _ in range(_PHASES):
        alone.append(load.run(1, seconds / _PHASES / 2))
        crowds.append(load.run(clients, seconds / _PHASES))
    alone.append(load.run(1, seconds / _PHASES / 2))
    single = [taken for phase in alone for taken in phase.seconds]
    many = [taken for phase in crowds for taken in phase.seconds]
    rate = len(many) / sum(phase.took_s for phase in crowds)
    ideal_rate = 1 / statistics.mean(single)
    ideal = ideal_waits(single, clients)
    print(f"one client: median {statistics.median(single):.3f} s, {ideal_rate:.2f} a second")
    print(
        f"{clients} clients: {rate:.2f} a second = {rate / ideal_rate:.2f} x the ideal queue; "
        f"p95 {p(many, 0.95):.2f} s, ideal {p(ideal, 0.95):.2f} s = "
        f"{p(many, 0.95) / p(ideal, 0.95):.2f} x"
    )
    statuses = sum((phase.statuses for phase in crowds), Counter[int]())
    print(f"answers by status: {dict(statuses)}")
    health = [taken for phase in crowds for taken in phase.health_ms]
    middle, slow = statistics.median(health), p(health, 0.99)
    print(f"/health meanwhile: median {middle:.1f} ms, p99 {slow:.1f} ms")
    late = f"after {load.sent} {load.memory_mb():.0f} MB"
    print(f"memory after {_EARLY} requests {early_mb:.0f} MB, {late}")
    full = load.run(40, 5)
    print(f"40 clients: {dict(full.statuses)}")


if __name__ == "__main__":
    main()
