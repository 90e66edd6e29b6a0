"""Measure how many sentences a second `/process` takes: `python -m benchmarks.throughput TSV`.

TSV has a column `text`: the sentences, which connections that stay open (four, or
`--connections`) send in turn, each as soon as it has its answer.
Printed, deciding only and then executing (`VOICE_DRY_RUN`), medians of five runs of each in turns:
requests a second, the median and the p99 of the time of an answer, and how many were not 200.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.live_service import LiveService

_RUNS = 5
_WARMING_S = 1.0


@dataclass
class Load:
    """Hold what one run measured.

    Attributes:
        times: of each answer, in seconds.
        errors: how many answers were not 200.
        taken_s: how long all of it took.
    """

    times: list[float] = field(default_factory=list)
    errors: int = 0
    taken_s: float = 0.0

    @property
    def rate(self) -> float:
        """Return answers a second."""
        return len(self.times) / self.taken_s

    def percentile_ms(self, percent: float) -> float:
        """Return the time that this share of the answers stayed under."""
        return 1000 * sorted(self.times)[int(percent / 100 * len(self.times))]


def requests_for(sentences: list[str], *, execute: bool, port: int) -> list[bytes]:
    """Whole requests, one a sentence, made before the clock runs."""
    made = []
    for text in sentences:
        body = json.dumps({"text": text, "execute_commands": execute}).encode()
        head = (
            f"POST /process HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


class _Connection(asyncio.Protocol):
    """Ask again as soon as there is an answer, until the deadline."""

    def __init__(self, requests: Iterator[bytes], deadline: float, load: Load) -> None:
        self._requests = requests
        self._deadline = deadline
        self._load = load
        self._received = b""
        self._transport: asyncio.Transport
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        now = time.perf_counter()
        self._load.times.append(now - self._asked)
        self._load.errors += not head.startswith(b"HTTP/1.1 200")
        self._received = b""
        if now < self._deadline:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is None and time.perf_counter() >= self._deadline:
            self.done.set_result(None)
        else:
            self.done.set_exception(error or ConnectionError("closed by the service"))

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(next(self._requests))


def _content_length(head: bytes) -> int:
    name = b"content-length:"
    start = head.lower().index(name) + len(name)
    return int(head[start:].split(b"\r\n", 1)[0])


async def put_under_load(
    port: int, requests: Iterator[bytes], seconds: float, connections: int
) -> Load:
    """Keep every connection busy for a while."""
    load = Load()
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    deadline = began + seconds
    clients = []
    for _ in range(connections):
        _, client = await loop.create_connection(
            lambda: _Connection(requests, deadline, load), "127.0.0.1", port
        )
        clients.append(client)
    await asyncio.gather(*(client.done for client in clients))
    load.taken_s = time.perf_counter() - began
    return load


def measure(sentences: list[str], seconds: float, connections: int) -> dict[str, list[Load]]:
    """Return the runs of each kind, which take turns so that a busy moment hits both."""
    with tempfile.TemporaryDirectory() as name:
        service = LiveService(Path(name), [], engine="fake", dry_run="1")
        try:
            kinds = {
                kind: itertools.cycle(requests_for(sentences, execute=execute, port=service.port))
                for kind, execute in (("deciding only", False), ("executing", True))
            }

            def run(kind: str, seconds: float) -> Load:
                return asyncio.run(put_under_load(service.port, kinds[kind], seconds, connections))

            for kind in kinds:
                run(kind, _WARMING_S)
            rounds = [{kind: run(kind, seconds) for kind in kinds} for _ in range(_RUNS)]
        finally:
            service.stop()
    return {kind: [loads[kind] for loads in rounds] for kind in kinds}


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--connections", type=int, default=4)
    arguments = parser.parse_args()
    with arguments.sentences.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        sentences = [row["text"] for row in rows]
    for kind, loads in measure(sentences, arguments.seconds, arguments.connections).items():
        rate = statistics.median(load.rate for load in loads)
        median = statistics.median(load.percentile_ms(50) for load in loads)
        p99 = statistics.median(load.percentile_ms(99) for load in loads)
        errors = sum(load.errors for load in loads)
        print(
            f"/process, {kind}: {rate:.0f} requests/s, "
            f"median {median:.1f} ms, p99 {p99:.1f} ms, {errors} errors"
        )


if __name__ == "__main__":
    main()
