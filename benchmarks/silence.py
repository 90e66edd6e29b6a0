"""Check that silence says nothing, and short words are not lost: `python -m benchmarks.silence`.

The folder holds spoken clips and `transcripts.tsv` with the column file. First, 200 sounds in which
nobody speaks (25 kinds in eight lengths from 0.5 to 10 s, `tests.support.sounds`) go through
`POST /v1/audio/transcriptions` of the real service, each followed by a spoken clip. Printed: which
of them gave text, and how long they took beside the spoken ones. Then, in this process, one or two
syllables of each clip (its beginning and its end, 0.4 to 0.8 s, cut by `short_clip`) at several
levels and in noise, with the gates (the level, who speaks, the checks of what was written) and
without. Printed: how many gave no text. `--every N` takes each Nth clip only.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import httpx2
import numpy as np

from tests.support.hostile_uploads import wav
from tests.support.live_service import LiveService
from tests.support.sounds import in_noise, short_clip, sounds_without_speech
from voice_assistant import ROOT
from voice_assistant.assistant.expectations import first_prompt
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.models.known import built_in
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.pipeline import transcribe
from voice_assistant.speech.worker.sound import silence
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import Samples
from voice_assistant.speech.worker.text import fold
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine

_LENGTHS_S = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)

_CONDITIONS: dict[str, Callable[[Samples], Samples]] = {
    "as it is": lambda word: word,
    "30 dB quieter": lambda word: word * np.float32(10 ** (-30 / 20)),
    "40 dB quieter": lambda word: word * np.float32(10 ** (-40 / 20)),
    "white noise, SNR 20 dB": lambda word: in_noise(word, 20, 0.0),
    "pink noise, SNR 10 dB": lambda word: in_noise(word, 10, 1.0),
    "white noise, SNR 5 dB": lambda word: in_noise(word, 5, 0.0),
    "pink noise, SNR 5 dB": lambda word: in_noise(word, 5, 1.0),
}


@dataclass(frozen=True)
class Answer:
    """Hold what the service made of one recording."""

    name: str
    text: str
    seconds: float


def as_file(samples: Samples) -> bytes:
    """Return a wav file."""
    return wav((samples * 32767).round().astype("<i2").tobytes())


def sounds() -> Iterator[tuple[str, bytes]]:
    """Yield name and file of each of the 200."""
    for seed, seconds in enumerate(_LENGTHS_S):
        for name, sound in sounds_without_speech(seconds, seed):
            yield f"{name}, {seconds} s", as_file(sound)


def send_all(clips: list[Path], url: str) -> tuple[list[Answer], list[Answer]]:
    """Return what came of the sounds, and of the clips sent in turns with them."""
    unspoken, spoken = [], []
    with httpx2.Client(timeout=200, trust_env=False, base_url=url) as client:
        for index, (name, data) in enumerate(sounds()):
            unspoken.append(_send(client, name, data))
            clip = clips[index % len(clips)]
            spoken.append(_send(client, clip.name, clip.read_bytes()))
    return unspoken, spoken


def _send(client: httpx2.Client, name: str, data: bytes) -> Answer:
    began = time.perf_counter()
    response = client.post("/v1/audio/transcriptions", files={"file": ("sound", data)})
    response.raise_for_status()
    return Answer(name, response.json()["text"], time.perf_counter() - began)


def report(unspoken: list[Answer], spoken: list[Answer]) -> None:
    """Print what became of the sounds."""
    written = [answer for answer in unspoken if answer.text]
    print(f"sounds without speech that gave text: {len(written)} of {len(unspoken)}")
    for answer in written:
        print(f"  {answer.name}: {answer.text}")
    print(f"spoken clips that gave none: {sum(not answer.text for answer in spoken)}")
    for title, answers in (("sounds", unspoken), ("spoken", spoken)):
        times = sorted(answer.seconds for answer in answers)
        print(
            f"{title}: median {statistics.median(times):.3f} s, "
            f"p95 {times[int(0.95 * (len(times) - 1))]:.3f} s, slowest {times[-1]:.3f} s"
        )
    median_s = statistics.median(answer.seconds for answer in spoken)
    slower = [answer.name for answer in unspoken if answer.seconds > median_s]
    print(f"sounds slower than the median spoken clip: {len(slower)} {slower[:10]}")


def count_lost(clips: list[Path]) -> None:
    """Print how many short words gave no text, with the gates and without."""
    config = EngineConfig(
        engine="ctranslate2",
        model=built_in()["base"],
        model_dir=ROOT / "models",
        device="cpu",
        compute_type="int8",
        memory_fraction=0.5,
        threads=0,
        max_audio_s=60,
    )
    engine = CTranslate2Engine(config)
    prompt = first_prompt(CommandLibrary(Path("nonexistent"), "linux"))
    spoken = [decode(clip.read_bytes(), 60) for clip in clips]
    words = [short_clip(samples, end=end) for samples in spoken for end in (False, True)]
    print(f"of {len(words)} short words without text: with the gates, without, only with them")
    for title, change in _CONDITIONS.items():
        heard = []
        for word in words:
            file = as_file(change(word))
            gated = transcribe(engine, file, max_s=60, language="zh", prompt=prompt)
            with without_gates():
                ungated = transcribe(engine, file, max_s=60, language="zh", prompt=prompt)
            heard.append((bool(fold(gated.text)), bool(fold(ungated.text))))
        lost, without = (sum(not each[index] for each in heard) for index in (0, 1))
        only = sum(ungated and not gated for gated, ungated in heard)
        print(f"  {title:30}{lost:5} {without:5} {only:5}", flush=True)


def without_gates() -> ExitStack:
    """Recognise whatever has a level, and keep what was written, while it is open."""
    opened = ExitStack()
    for name, value in (
        ("speech_likelihood", lambda _: 1.0),
        ("_SILENCE_DB", -200.0),
        ("_MOST_NO_SPEECH_IF_CERTAIN", 1.0),
        ("GHOSTS", frozenset()),
    ):
        opened.enter_context(patch.object(silence, name, value))
    return opened


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    with (arguments.folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    clips = [arguments.folder / row["file"] for row in rows[:: arguments.every]]
    with tempfile.TemporaryDirectory() as folder:
        service = LiveService(Path(folder), [], dry_run="1")
        try:
            report(*send_all(clips, service.url))
        finally:
            service.stop()
    count_lost(clips)


if __name__ == "__main__":
    main()
