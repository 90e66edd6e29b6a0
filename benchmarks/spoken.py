"""Measure from sound to the right action: `python -m benchmarks.spoken FOLDER`.

The folder holds clips and `transcripts.tsv` with the columns file, kind, text and target, where
kind is app, site, search, system or chat. Every clip goes through `POST /transcribe` with
`execute_commands=true` to a service that only decides (`VOICE_DRY_RUN=1`), and, interleaved,
through `POST /v1/audio/transcriptions`, which hears it once and expects nothing: the plain pass
that the time is compared with. `--commands commands.toml` puts a user's file on top of the built-in
catalogue. Printed: for each kind, how many did the right thing (for chat: launched nothing), and
how many opened something else; the time from sending to the answer and its ratio to the plain pass;
how many were heard more than once; with `--mistakes`, what was heard instead.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.support.live_service import LiveService

Answer = dict[str, Any]
"""What a route answered."""

# Deciding that there is nothing to hear again takes less, hearing it again more.
_AGAIN_MS = 30.0


@dataclass(frozen=True)
class Result:
    """Hold one clip and what the service made of it."""

    kind: str
    text: str
    heard: str
    right: bool
    wrong: bool
    seconds: float
    plain_s: float
    again: bool
    audio_s: float


def judge(row: dict[str, str], answer: Answer) -> bool:
    """Return whether the service did what the clip asks for."""
    if row["kind"] == "chat":
        return not answer["is_command"]
    kinds = {answer["command_type"], row["kind"]}
    # A user's file may have as an app what is a site by itself, and the other way round.
    same_type = len(kinds) == 1 or kinds == {"app", "site"}
    return same_type and answer["command_target"] == row["target"]


def measure(folder: Path, url: str) -> list[Result]:
    """Send every clip once each way."""
    results = []
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    with httpx2.Client(timeout=120, trust_env=False, base_url=url) as client:
        plain_s = {}
        for index, row in enumerate(rows):
            # Never the same clip twice in a row: the service keeps what it heard last.
            other = rows[(index + len(rows) // 2) % len(rows)]["file"]
            began = time.perf_counter()
            _send(client, "/v1/audio/transcriptions", "file", folder / other)
            plain_s[other] = time.perf_counter() - began
            began = time.perf_counter()
            answer = _send(
                client, "/transcribe", "audio_file", folder / row["file"], execute_commands="true"
            )
            results.append((row, answer, time.perf_counter() - began))
    return [_result(row, answer, seconds, plain_s[row["file"]]) for row, answer, seconds in results]


def _send(client: httpx2.Client, route: str, field: str, clip: Path, **fields: str) -> Answer:
    response = client.post(route, files={field: (clip.name, clip.read_bytes())}, data=fields)
    response.raise_for_status()
    answer: Answer = response.json()
    return answer


def _result(row: dict[str, str], answer: Answer, seconds: float, plain_s: float) -> Result:
    right = judge(row, answer)
    return Result(
        kind=row["kind"],
        text=row["text"],
        heard=f"{answer['transcribed_text']} -> {answer['command_target']}",
        right=right,
        wrong=not right and answer["command_type"] in ("app", "site"),
        seconds=seconds,
        plain_s=plain_s,
        again=answer["timings_ms"]["again"] > _AGAIN_MS,
        audio_s=answer["duration_s"],
    )


def report(results: list[Result], *, mistakes: bool) -> None:
    """Print the tables."""
    right = Counter(result.kind for result in results if result.right)
    total = Counter(result.kind for result in results)
    print(f"{'kind':8} {'right':>6} {'of':>6}")
    for kind in total:
        print(f"{kind:8} {right[kind]:6} {total[kind]:6}")
    commands = sum(count for kind, count in total.items() if kind != "chat")
    done = sum(count for kind, count in right.items() if kind != "chat")
    if commands:
        print(f"{'commands':8} {done:6} {commands:6} = {done / commands:.1%}")
    print(f"chat that launched something: {total['chat'] - right['chat']}")
    print(f"commands that opened something else: {sum(result.wrong for result in results)}")
    times = sorted(result.seconds for result in results)
    audio_s = sum(result.audio_s for result in results)
    print(
        f"answer after: median {statistics.median(times):.3f} s, "
        f"p95 {times[int(0.95 * (len(times) - 1))]:.3f} s, longest {times[-1]:.3f} s; "
        f"real-time factor {sum(times) / audio_s:.3f}"
    )
    plain = sorted(result.plain_s for result in results)
    ratios = sorted(result.seconds / result.plain_s for result in results)
    print(
        f"plain pass: median {statistics.median(plain):.3f} s; ratio: "
        f"median {statistics.median(ratios):.2f}, mean of all {sum(times) / sum(plain):.2f}, "
        f"p95 {ratios[int(0.95 * (len(ratios) - 1))]:.2f}; "
        f"heard more than once: {sum(result.again for result in results)} of {len(results)}"
    )
    if mistakes:
        for result in results:
            if not result.right:
                print(f"  {result.kind}: {result.text} | {result.heard}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commands", type=Path)
    parser.add_argument("--mistakes", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        own = {"commands_file": str(arguments.commands.resolve())} if arguments.commands else {}
        service = LiveService(Path(folder), [], dry_run="1", **own)
        try:
            report(measure(arguments.folder, service.url), mistakes=arguments.mistakes)
        finally:
            service.stop()


if __name__ == "__main__":
    main()
