"""Measure a recording of ten minutes: `python -m benchmarks.long_recording FOLDER`.

The folder holds clips and `transcripts.tsv` with the columns file and text. The clips, in an order
by chance, are joined with pauses of 0.3 to 1.5 s until just under 600 s, and the recording goes
through `POST /v1/audio/transcriptions` of the real service; then once more, to a client that hangs
up after 5 s; then each clip by itself. `--seed` gives another order, `--noise DB` pink noise so far
below the speech, `--minutes` a shorter recording. Printed: the character error rate (CER) of both
against the known text (letters and digits only, in lower case), which clips were lost (most of
their characters are missing, not merely others) or doubled (most of their characters come once more
beside them), the time, how often `/health` showed progress, and how long after the hanging up
nothing was being done any more.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import httpx2
import numpy as np

from tests.support.hostile_uploads import wav
from tests.support.live_service import LiveService
from tests.support.sounds import in_noise
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.text import fold

_PAUSES_S = (0.3, 1.5)


@dataclass(frozen=True)
class Clip:
    """Hold a clip and what is said in it."""

    file: Path
    text: str


def join(clips: list[Clip], seed: int, longest_s: float) -> tuple[Samples, list[Clip]]:
    """Return a recording, and the clips in it in their order."""
    rng = np.random.default_rng(seed)
    parts: list[Samples] = []
    used: list[Clip] = []
    left = int(longest_s * SAMPLE_RATE)
    for index in [i for _ in range(10) for i in rng.permutation(len(clips))]:
        clip = decode(clips[index].file.read_bytes(), 60)
        pause = int(rng.uniform(*_PAUSES_S) * SAMPLE_RATE)
        left -= len(clip) + pause
        if left < 0:
            break
        parts += [clip, np.zeros(pause, np.float32)]
        used.append(clips[index])
    return np.concatenate(parts), used


def align(said: str, heard: str) -> list[tuple[int, int]]:
    """Return the fewest changes from one text to the other (Levenshtein).

    Returns:
        How far each step has got in both texts: a step of one in both keeps or replaces a
        character, in the first only it leaves one out, in the second only it puts one in.
    """
    cost = np.zeros((len(said) + 1, len(heard) + 1), np.int32)
    cost[:, 0] = np.arange(len(said) + 1)
    cost[0] = np.arange(len(heard) + 1)
    letters = np.array(list(heard), dtype=np.str_)
    for row, letter in enumerate(said, 1):
        best = np.minimum(cost[row - 1, :-1] + (letters != letter), cost[row - 1, 1:] + 1)
        best = np.concatenate([[row], best]) - np.arange(len(heard) + 1)
        cost[row] = np.minimum.accumulate(best) + np.arange(len(heard) + 1)
    row, column = len(said), len(heard)
    steps = [(row, column)]
    while row or column:
        replaced = (
            row and column and cost[row - 1, column - 1] + (said[row - 1] != heard[column - 1])
        )
        if row and column and cost[row, column] == replaced:
            row, column = row - 1, column - 1
        elif row and cost[row, column] == cost[row - 1, column] + 1:
            row -= 1
        else:
            column -= 1
        steps.append((row, column))
    return steps[::-1]


def error_rate(said: list[str], heard: list[str]) -> float:
    """Changes for each character, over all pairs of texts."""
    changes = 0
    for text, other in zip(said, heard, strict=True):
        steps = align(text, other)
        kept = [
            text[row - 1] == other[column - 1]
            for (row, column), before in zip(steps[1:], steps, strict=False)
            if (row - 1, column - 1) == before
        ]
        changes += len(steps) - 1 - sum(kept)
    return changes / sum(map(len, said))


def lost_and_doubled(texts: list[str], heard: str) -> tuple[list[str], list[str]]:
    """Return the texts that are missing from what was heard, and those that are in it twice."""
    said = "".join(texts)
    steps = align(said, heard)
    missing = np.zeros(len(said), bool)
    put_in: dict[int, str] = {}  # what came before a character of what was said
    for (row, column), (old_row, old_column) in zip(steps[1:], steps, strict=False):
        if column == old_column:
            missing[old_row] = True
        elif row == old_row:
            put_in[row] = put_in.get(row, "") + heard[old_column]
    lost, doubled = [], []
    at = 0
    for text in texts:
        if missing[at : at + len(text)].mean() > 0.5:
            lost.append(text)
        beside = "".join(put_in.get(place, "") for place in range(at, at + len(text) + 1))
        again = SequenceMatcher(None, text, beside, autojunk=False).get_matching_blocks()
        if sum(block.size for block in again) > len(text) / 2:
            doubled.append(text)
        at += len(text)
    return lost, doubled


def transcribe(client: httpx2.Client, data: bytes) -> dict[str, Any]:
    """Return what the service wrote down."""
    response = client.post(
        "/v1/audio/transcriptions",
        files={"file": ("recording", data)},
        data={"response_format": "verbose_json", "language": "zh"},
    )
    if response.is_error:
        raise SystemExit(f"{response.status_code}: {response.text}")
    answer: dict[str, Any] = response.json()
    return answer


class Progress:
    """Read what `/health` says of long recordings, while it is open.

    Attributes:
        seen: seconds done, each once.
    """

    def __init__(self, url: str) -> None:
        self._client = httpx2.Client(timeout=30, trust_env=False, base_url=url)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.seen: list[float] = []

    def queue(self) -> dict[str, Any]:
        """Return what is being done now."""
        queue: dict[str, Any] = self._client.get("/health").json()["queue"]
        return queue

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            done = [each["done_s"] for each in self.queue()["long_recordings"]]
            if done and done[:1] != self.seen[-1:]:
                self.seen.append(done[0])

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def hang_up(url: str, data: bytes) -> float:
    """Return seconds from hanging up until the service has stopped working on it."""
    progress = Progress(url)
    with suppress(httpx2.TimeoutException), httpx2.Client(timeout=5, trust_env=False) as client:
        client.post(f"{url}/v1/audio/transcriptions", files={"file": ("recording", data)})
    began = time.perf_counter()
    while (queue := progress.queue())["running"] or queue["waiting"]:
        time.sleep(0.01)
    return time.perf_counter() - began


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise", type=float)
    parser.add_argument("--minutes", type=float, default=9.95)
    arguments = parser.parse_args()
    with (arguments.folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    clips = [Clip(arguments.folder / row["file"], fold(row["text"])) for row in rows]
    recording, used = join(clips, arguments.seed, 60 * arguments.minutes)
    if arguments.noise is not None:
        recording = in_noise(recording, arguments.noise)
    data = wav((np.clip(recording, -1, 1) * 32767).round().astype("<i2").tobytes())
    with tempfile.TemporaryDirectory() as folder:
        service = LiveService(Path(folder), [], dry_run="1")
        try:
            with httpx2.Client(timeout=600, trust_env=False, base_url=service.url) as client:
                began = time.perf_counter()
                with Progress(service.url) as progress:
                    answer = transcribe(client, data)
                taken_s = time.perf_counter() - began
                stopped_s = hang_up(service.url, data)
                alone = [fold(transcribe(client, clip.file.read_bytes())["text"]) for clip in used]
        finally:
            service.stop()
    texts = [clip.text for clip in used]
    heard = fold(answer["text"])
    seconds = len(recording) / SAMPLE_RATE
    lost, doubled = lost_and_doubled(texts, heard)
    print(f"{len(used)} clips in {seconds:.1f} s, {len(answer['segments'])} segments")
    print(f"CER {error_rate([''.join(texts)], [heard]):.3f}; alone {error_rate(texts, alone):.3f}")
    print(f"clips lost: {len(lost)} {lost}")
    print(f"clips doubled: {len(doubled)} {doubled}")
    print(f"clips that gave nothing alone: {sum(not text for text in alone)}")
    print(f"taken: {taken_s:.1f} s, real-time factor {taken_s / seconds:.3f}")
    ascending = progress.seen == sorted(progress.seen)
    print(f"progress: {len(progress.seen)} values, ascending: {ascending}")
    print(f"after hanging up, work went on for {stopped_s:.2f} s")


if __name__ == "__main__":
    main()
