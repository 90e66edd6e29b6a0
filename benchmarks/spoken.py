"""From sound to the right action, through the real service: `python -m benchmarks.spoken FOLDER`.

The folder holds clips and `transcripts.tsv` with the columns file, kind, text and target, where
kind is app, site, search, system or chat. Every clip goes through `POST /transcribe` with
`execute_commands=true` to a service that only decides (`VOICE_DRY_RUN=1`). Printed: for each kind,
how many did the right thing (for chat: launched nothing); the time from sending to the answer; with
`--mistakes`, what was heard instead.
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

import httpx2

from tests.e2e.live_service import LiveService


@dataclass(frozen=True)
class Result:
    """One clip and what the service made of it."""

    kind: str
    text: str
    heard: str
    right: bool
    seconds: float
    audio_s: float


def judge(row: dict[str, str], answer: dict[str, object]) -> bool:
    """Whether the service did what the clip asks for."""
    if row["kind"] == "chat":
        return not answer["is_command"]
    same_type = answer["command_type"] == row["kind"]
    return same_type and answer["command_target"] == row["target"]


def measure(folder: Path, url: str) -> list[Result]:
    """Send every clip once."""
    results = []
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    with httpx2.Client(timeout=120, trust_env=False) as client:
        for row in rows:
            clip = (folder / row["file"]).read_bytes()
            began = time.perf_counter()
            response = client.post(
                f"{url}/transcribe",
                files={"audio_file": (row["file"], clip)},
                data={"execute_commands": "true"},
            )
            seconds = time.perf_counter() - began
            response.raise_for_status()
            answer = response.json()
            heard = f"{answer['transcribed_text']} -> {answer['command_target']}"
            right = judge(row, answer)
            audio_s = answer["duration_s"]
            results.append(Result(row["kind"], row["text"], heard, right, seconds, audio_s))
    return results


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
    times = sorted(result.seconds for result in results)
    audio_s = sum(result.audio_s for result in results)
    print(
        f"answer after: median {statistics.median(times):.3f} s, "
        f"p95 {times[int(0.95 * (len(times) - 1))]:.3f} s, longest {times[-1]:.3f} s; "
        f"real-time factor {sum(times) / audio_s:.3f}"
    )
    if mistakes:
        for result in results:
            if not result.right:
                print(f"  {result.kind}: {result.text} | {result.heard}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mistakes", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        service = LiveService(Path(folder), [], dry_run="1")
        try:
            report(measure(arguments.folder, service.url), mistakes=arguments.mistakes)
        finally:
            service.stop()


if __name__ == "__main__":
    main()
