"""Time downloads from a hub on loopback: `python -m benchmarks.downloads [--client modelscope]`.

Whole commands, from start to a verified file, each in turn, medians of the runs:

- every connection throttled: ours, ours with one connection, and the ModelScope client;
- no limit: ours and the ModelScope client;
- ours killed with SIGKILL at random moments and started again, until it is done: what was sent more
  than once.

`--client` is the `modelscope` command of an environment that has it; without it only ours is run.
The hub is `tests.support.hub` in a process of its own; the file is of random bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_REPOSITORY, _NAME = "benchmark/model", "benchmark"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--client", default="")
    parser.add_argument("--mb", type=int, default=150, help="size of the file")
    parser.add_argument("--rate", type=float, default=3e6, help="bytes per second and connection")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--throttled-runs", type=int, default=1)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--burst", type=int, default=0, help="bytes at once, before kills")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bench = _Bench(Path(place), arguments.mb * 1_000_000, arguments.client)
        with _hub(bench.served, "--rate", str(arguments.rate)) as hub:
            bench.compare(
                hub,
                arguments.throttled_runs,
                f"throttled to {arguments.rate / 1e6:g} MB/s a connection",
            )
        with _hub(bench.served) as hub:
            bench.compare(hub, arguments.runs, "without a limit")
        with _hub(
            *(bench.served, "--rate", str(arguments.rate), "--burst", str(arguments.burst))
        ) as hub:
            bench.kill(hub, arguments.kills)


class _Hub:
    """Run the hub in a process of its own.

    Attributes:
        url: where it is.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = self._line().partition("=")[2]

    def sent(self) -> int:
        """Return the bytes of bodies that the hub has sent."""
        if self._process.stdin is not None:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        return int(self._line().split()[0])

    def _line(self) -> str:
        return self._process.stdout.readline().strip() if self._process.stdout else ""


@contextmanager
def _hub(folder: Path, *options: str) -> Iterator[_Hub]:
    command = [sys.executable, "-m", "tests.support.hub", str(folder), *options]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _Hub(process)
        finally:
            process.kill()


class _Bench:
    def __init__(self, place: Path, size: int, client: str) -> None:
        self.served = place / "served"
        self._place = place
        self._size = size
        self._client = client
        file = self.served / _REPOSITORY / "model.bin"
        file.parent.mkdir(parents=True)
        piece = random.Random(0).randbytes(1_000_000)  # noqa: S311 - no secret
        data = b"".join(piece[shift:] + piece[:shift] for shift in range(size // len(piece)))
        file.write_bytes(data)
        self._models = place / "models.toml"
        self._models.write_text(
            f'[[model]]\nname = "{_NAME}"\nlike = "base"\nmodelscope = "{_REPOSITORY}"\n'
            f'[[model.file]]\nname = "model.bin"\nsize = {size}\n'
            f'sha256 = "{hashlib.sha256(data).hexdigest()}"\n',
            encoding="utf-8",
        )

    def compare(self, hub: _Hub, runs: int, title: str) -> None:
        ways: dict[str, Callable[[], None]] = {
            "ours": lambda: self._ours(hub, "8"),
            "ours, one connection": lambda: self._ours(hub, "1"),
        }
        if self._client:
            ways["the ModelScope client"] = lambda: self._theirs(hub)
        times: dict[str, list[float]] = {name: [] for name in ways}
        if not runs:
            return
        for _ in range(runs):
            for name, way in ways.items():
                shutil.rmtree(self._place / "got", ignore_errors=True)
                began = time.perf_counter()
                way()
                times[name].append(time.perf_counter() - began)
        medians = {name: statistics.median(values) for name, values in times.items()}
        print(f"{self._size / 1e6:.0f} MB, {title}:")
        for name, median in medians.items():
            ratio = median / medians["ours"]
            print(f"  {name}: {median:.2f} s ({ratio:.2f} times ours)")

    def kill(self, hub: _Hub, kills: int) -> None:
        shutil.rmtree(self._place / "got", ignore_errors=True)
        if not kills:
            return
        dice = random.Random(1)  # noqa: S311 - no secret
        for _ in range(kills):
            process = subprocess.Popen(
                self._command(), env=self._environment(hub, "8"), stdout=subprocess.DEVNULL
            )
            time.sleep(dice.uniform(0.3, 0.9))
            process.send_signal(signal.SIGKILL)
            process.wait()
        self._ours(hub, "8")
        extra = hub.sent() / self._size - 1
        print(f"killed {kills} times, then done: {100 * extra:.1f} % were sent twice")

    def _ours(self, hub: _Hub, connections: str) -> None:
        environment = self._environment(hub, connections)
        subprocess.run(self._command(), env=environment, stdout=subprocess.DEVNULL, check=True)

    def _command(self) -> list[str]:
        module = [sys.executable, "-m", "voice_assistant.downloader", "--model", _NAME]
        return [*module, "--source", "modelscope", "--dir", str(self._place / "got")]

    def _theirs(self, hub: _Hub) -> None:
        folder = str(self._place / "got")
        command = [self._client, "download", "--model", _REPOSITORY, "--local_dir", folder]
        environment = self._environment(hub, "8")
        subprocess.run(command, env=environment, capture_output=True, check=True)

    def _environment(self, hub: _Hub, connections: str) -> dict[str, str]:
        return {
            **os.environ,
            "MODELSCOPE_ENDPOINT": hub.url,
            "MODELSCOPE_CACHE": str(self._place / "cache"),
            "VOICE_MODELS_FILE": str(self._models),
            "VOICE_DOWNLOAD_CONNECTIONS": connections,
        }


if __name__ == "__main__":
    main()
