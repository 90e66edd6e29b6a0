"""Measure what a second pass with names gives: `python -m benchmarks.second_look FOLDER`.

The folder is one that `benchmarks.spoken` takes; `--commands commands.toml` puts a user's file on
top of the built-in catalogue. Works in this process, without the service. Printed: how many
commands are right after one, two and three looks, for several numbers of names at the second look
and the third; and how many chat clips become a command by a second look, with the names that sound
like them and, `--random N` times each, with names chosen at random.
"""

from __future__ import annotations

import argparse
import csv
import random
from itertools import product
from pathlib import Path

from benchmarks.spoken import judge
from voice_assistant.assistant.expectations import first_prompt, next_prompt
from voice_assistant.commands.decision import Understanding, Unresolved
from voice_assistant.commands.library import CommandLibrary, builtin
from voice_assistant.commands.names.entry import this_platform
from voice_assistant.models.known import built_in
from voice_assistant.settings import load_settings
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker import pipeline
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine

_COUNTS = ((8, 12), (12, 12), (6, 10), (8, 8), (12, 8))


class Listener:
    """Recognise clips as the service does, but one pass at a time.

    Args:
        folder: of the clips.
        library: what decides.
    """

    def __init__(self, folder: Path, library: CommandLibrary) -> None:
        settings = load_settings()
        config = EngineConfig(
            "ctranslate2",
            built_in()["base"],
            settings.model_dir,
            "cpu",
            "int8",
            1.0,
            settings.cpu_threads,
            60,
        )
        self._engine = CTranslate2Engine(config)
        self._folder = folder
        self.library = library

    def recognise(self, clip: str, prompt: str) -> tuple[str, Understanding]:
        """Return what is written for a clip, and what that asks for."""
        data = (self._folder / clip).read_bytes()
        transcript = pipeline.transcribe(self._engine, data, max_s=60, language="zh", prompt=prompt)
        return transcript.text, self.library.decide(transcript.text)

    def passes(self, clip: str, counts: tuple[int, ...]) -> list[Understanding]:
        """Return what is understood after each pass, as far as there are passes."""
        text, found = self.recognise(clip, first_prompt(self.library))
        understandings = [found]
        for number, names in enumerate(counts, 2):
            unresolved = isinstance(found.decisions[0], Unresolved)
            if found.is_command or (number > 2 and not unresolved):
                break
            if (prompt := next_prompt(self.library, text, names)) is None:
                break
            text, found = self.recognise(clip, prompt)
            understandings.append(found)
        return understandings


def _answer(understanding: Understanding) -> dict[str, object]:
    return {
        "is_command": understanding.is_command,
        "command_type": understanding.command_type,
        "command_target": understanding.target,
    }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commands", type=Path, default=Path("commands.toml"))
    parser.add_argument("--random", type=int, default=3)
    arguments = parser.parse_args()
    with (arguments.folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    chat = [row for row in rows if row["kind"] == "chat"]
    commands = [row for row in rows if row["kind"] != "chat"]
    listener = Listener(arguments.folder, CommandLibrary(arguments.commands, this_platform()))

    for counts in _COUNTS:
        right = [0] * (len(counts) + 1)
        wrong = 0
        for row in commands:
            found = listener.passes(row["file"], counts)
            for number in range(len(right)):
                right[number] += judge(row, _answer(found[min(number, len(found) - 1)]))
            last = found[-1]
            opens = last.command_type in ("app", "site")
            wrong += opens and not judge(row, _answer(last))
        print(
            f"{counts[0]} and {counts[1]} names: of {len(commands)} commands right after one look "
            f"{right[0]}, two {right[1]}, three {right[2]}; something else opened {wrong}"
        )

    launched = sum(listener.passes(row["file"], (8,))[-1].is_command for row in chat)
    print(f"chat that becomes a command by names like it: {launched} of {len(chat)}")
    names = [entry["name"] for kind in ("app", "site") for entry in builtin(f"{kind}s")[kind]]
    rng = random.Random(1)  # noqa: S311 -- nothing secret
    tries = list(product(range(arguments.random), chat))
    launched = 0
    for _, row in tries:
        prompt = "，".join(f"打开{name}" for name in rng.sample(names, 8)) + "。"
        launched += listener.recognise(row["file"], prompt)[1].is_command
    print(f"chat that becomes a command by names chosen at random: {launched} of {len(tries)}")


if __name__ == "__main__":
    main()
