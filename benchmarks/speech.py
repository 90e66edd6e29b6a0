"""Measure how fast and how right recognition is: `python -m benchmarks.speech FOLDER`.

The folder holds clips and `transcripts.tsv` (see `benchmarks.spoken`); those of 1.5 to 4 s are
used. Needs `benchmarks/requirements.txt`. In one run, clip by clip and engine by engine in turn, on
the same weights: this project through HTTP (the whole way to a decision) and in process (one plain
pass), faster-whisper with its defaults and as beam 1, openai-whisper as the first project of this
kind called it (beam 5, best of 5), and whisper.cpp if `--ggml FILE` names its weights. Each runs in
a process of its own. Printed: median and p95 seconds, how many times ours through HTTP is faster
(median of the ratios clip by clip), CER over all clips, commands understood, and peak resident
memory; `--plot FILE` draws the times. Then the first request after /ready against the tenth.

CER counts letters and digits, in simplified characters. A command is understood if deciding on the
text opens what was asked for.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psutil

from benchmarks.errors_in_text import character_errors
from benchmarks.spoken import judge
from tests.support.live_service import LiveService
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.names.entry import this_platform
from voice_assistant.speech.worker.text import clean, fold

_SHORTEST_S, _LONGEST_S = 1.5, 4.0
_OURS = "ours, HTTP"


@dataclass
class Row:
    """Hold what one engine did.

    Attributes:
        hear: gives the text of a clip.
        memory_mb: peak resident memory of its processes, in MB (10⁶ bytes).
        seconds: of each clip.
        texts: of each clip.
    """

    name: str
    hear: Callable[[Path], str]
    memory_mb: Callable[[], float]
    seconds: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class Rival:
    """Run an engine in a process of its own.

    Args:
        kind: a function of `benchmarks.rivals`, which makes it.
        arguments: for that function.
    """

    def __init__(self, kind: str, *arguments: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._executor = ProcessPoolExecutor(1, mp_context=context)
        self._executor.submit(_make, kind, arguments).result()

    def hear(self, clip: Path) -> str:
        """Return what it writes for a clip."""
        return self._executor.submit(_hear, str(clip)).result()

    def memory_mb(self) -> float:
        """Return its peak resident memory."""
        return self._executor.submit(_peak_mb).result()

    def stop(self) -> None:
        """End its process."""
        self._executor.shutdown()


_made: list[Callable[[str], str]] = []


def _make(kind: str, arguments: tuple[str, ...]) -> None:
    _made.append(getattr(importlib.import_module("benchmarks.rivals"), kind)(*arguments))


def _hear(clip: str) -> str:
    return _made[0](clip)


def _peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def measure(rows: list[Row], clips: list[Path], rounds: int) -> None:
    """Send every clip to every engine, in turn."""
    for row in rows:
        row.hear(clips[0])
    for turn in range(rounds):
        for number, clip in enumerate(clips):
            for place in range(len(rows)):
                # Whoever goes first finds the caches cold.
                row = rows[(place + number + turn) % len(rows)]
                began = time.perf_counter()
                text = row.hear(clip)
                row.seconds.append(time.perf_counter() - began)
                row.texts.append(fold(clean(text, "zh")))


def report(rows: list[Row], said: list[dict[str, str]], library: CommandLibrary) -> None:
    """Print the table."""
    ours = rows[0]
    print(f"{'':28} {'median':>7} {'p95':>7} {'ours is':>8} {'CER':>6} {'commands':>9} {'MB':>5}")
    commands = [place for place, clip in enumerate(said) if clip["kind"] != "chat"]
    for row in rows:
        ordered = sorted(row.seconds)
        ratio = statistics.median(
            theirs / own for theirs, own in zip(row.seconds, ours.seconds, strict=True)
        )
        errors = [
            character_errors(fold(clip["text"]), text)
            for clip, text in zip(said, row.texts, strict=False)
        ]
        cer = sum(errors) / sum(len(fold(clip["text"])) for clip in said)
        understood = 0
        for place in commands:
            understanding = library.decide(row.texts[place])
            understood += judge(
                said[place],
                {
                    "is_command": understanding.is_command,
                    "command_type": understanding.command_type,
                    "command_target": understanding.target,
                },
            )
        print(
            f"{row.name:28} {statistics.median(ordered):7.3f} "
            f"{ordered[int(0.95 * (len(ordered) - 1))]:7.3f} {ratio:7.2f}x {cer:6.3f} "
            f"{understood:4} /{len(commands):3} {row.memory_mb():5.0f}"
        )


def plot(rows: list[Row], path: Path) -> None:
    """Draw how long each engine took for the clips."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 0.6 * len(rows) + 1.5), layout="constrained")
    axes.boxplot(
        [row.seconds for row in rows][::-1],
        orientation="horizontal",
        tick_labels=[row.name for row in rows][::-1],
        whis=(5, 95),
        showfliers=False,
    )
    axes.set_xlabel("seconds for one utterance of 1.5 to 4 s (box: quartiles, whiskers: 5 to 95 %)")
    axes.set_xlim(left=0)
    axes.grid(axis="x", alpha=0.3)
    figure.savefig(path, dpi=120)


def first_and_tenth(clip: Path) -> str:
    """Return medians of the first request after /ready and the tenth, in words."""
    first, tenth = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder, _Ours(Path(folder)) as ours:
            seconds = []
            for _ in range(10):
                began = time.perf_counter()
                ours.hear(clip)
                seconds.append(time.perf_counter() - began)
            first.append(seconds[0])
            tenth.append(seconds[-1])
    one, ten = statistics.median(first), statistics.median(tenth)
    return f"first request after /ready {one:.3f} s, tenth {ten:.3f} s: {one / ten:.2f} times"


class _Ours:
    """Run this project as its users have it."""

    def __init__(self, folder: Path) -> None:
        self._service = LiveService(folder, [], dry_run="1")
        self._client = httpx2.Client(base_url=self._service.url, timeout=120, trust_env=False)
        self._peak = 0.0

    def hear(self, clip: Path) -> str:
        """Recognise through `POST /transcribe`, commands included."""
        response = self._client.post(
            "/transcribe",
            files={"audio_file": (clip.name, clip.read_bytes())},
            data={"execute_commands": "true"},
        )
        response.raise_for_status()
        text: str = response.json()["transcribed_text"]
        return text

    def memory_mb(self) -> float:
        """Return the memory of service and speech process together, now."""
        memory = self._client.get("/health").json()["memory"]
        return float(memory["service"] + memory["speech"])

    def __enter__(self) -> _Ours:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._service.stop()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="use every n-th clip")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--ggml", help="whisper.cpp's weights of base, f16")
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    with (arguments.folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        said = [
            clip
            for clip in csv.DictReader(file, delimiter="\t")
            if _SHORTEST_S <= float(clip["seconds"]) <= _LONGEST_S
        ][:: arguments.every]
    clips = [arguments.folder / clip["file"] for clip in said]
    print(f"{len(clips)} clips, {psutil.cpu_count(logical=False)} cores, {this_platform()}")
    print(first_and_tenth(clips[0]))
    kinds = {
        "ours, in process, one pass": ("ours",),
        "faster-whisper, defaults": ("faster_whisper", "5"),
        "faster-whisper, beam 1": ("faster_whisper", "1"),
        "openai-whisper, beam 5": ("openai_whisper", "5"),
    }
    if arguments.ggml:
        kinds["whisper.cpp, defaults"] = ("whisper_cpp", arguments.ggml)
    rivals = {name: Rival(*kind) for name, kind in kinds.items()}
    try:
        with tempfile.TemporaryDirectory() as folder, _Ours(Path(folder)) as ours:
            rows = [Row(_OURS, ours.hear, ours.memory_mb)]
            rows += [Row(name, rival.hear, rival.memory_mb) for name, rival in rivals.items()]
            measure(rows, clips, arguments.rounds)
            report(rows, said, CommandLibrary(Path(folder) / "none.toml", this_platform()))
        if arguments.plot:
            plot(rows, arguments.plot)
    finally:
        for rival in rivals.values():
            rival.stop()


if __name__ == "__main__":
    main()
