"""Vary the numbers of `commands/`: `python -m benchmarks.thresholds FILE.tsv`.

The file is one that `benchmarks.intent` takes; `--commands commands.toml` puts a user's file on top
of the built-in catalogue. Each number is varied around its value (marked `*`), all others as they
are. Printed first for those that decide what a sentence means, for the sentences as they are and
then damaged in those ways of `benchmarks.damage` that concern sounds and repeats: how many requests
open what they ask for (right), open something else (wrong), are answered with a question (asked);
how many chat sentences launch something (launched), are answered with a question (asked in chat),
search (searched); and the mean time of a decision.

Then for those that choose the names to expect at a second look: how often the right one is the
first, among the first 8 and the first 12, of the damaged requests that open nothing and, with
`--clips FOLDER`, of the clips of a folder that `benchmarks.spoken` takes and whose first look
opened nothing. Last: how often a launch is right, by how the name was found. `--only NAME` varies
one number.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from unittest.mock import patch

from benchmarks.damage import DAMAGES
from benchmarks.intent import Request, read_requests
from benchmarks.second_look import Listener
from voice_assistant.assistant.expectations import first_prompt
from voice_assistant.commands import matcher, repeats, sound
from voice_assistant.commands import opening as open_requests
from voice_assistant.commands import searching as search_requests
from voice_assistant.commands.decision import CONFIDENCE, Search, Understanding, Unresolved
from voice_assistant.commands.library import CommandLibrary, builtin
from voice_assistant.commands.names import candidates, catalogue, sound_index
from voice_assistant.commands.names.candidates import Candidates
from voice_assistant.commands.names.entry import read_entries, this_platform
from voice_assistant.commands.normalise import key
from voice_assistant.commands.wordings import opening as open_wordings
from voice_assistant.commands.wordings import searching as search_wordings
from voice_assistant.commands.wordings.grammar import Grammar

_WAYS = (
    "homophone in name, any tone", "near sound in name", "homophone in verb", "said twice",
    "name said twice", "stutter at the start", "stutter in the name",
)  # fmt: skip
_COLUMNS = ("right", "wrong", "asked", "launched", "asked in chat", "searched")
_FIRST = (1, 8, 12)


class Number(NamedTuple):
    """Name a number of a module, and the values to try."""

    module: ModuleType
    name: str
    values: tuple[float, ...]

    def tried(self) -> Iterator[str]:
        """Yield how each value is shown, while the number has it and with caches empty."""
        chosen = getattr(self.module, self.name)
        print(f"{self.module.__name__.rpartition('.')[2]}.{self.name}")
        for value in self.values:
            with patch.object(self.module, self.name, value), _empty_caches():
                yield f"  {'*' if value == chosen else ' '}{value:<5}"


_MEANING = (
    Number(matcher, "_LONGEST", (20, 30, 40, 60, 120)),
    Number(open_requests, "_LONGEST_UNKNOWN_NAME", (4, 6, 8, 10, 12)),
    Number(open_requests, "_LONGEST_REST", (10, 15, 20, 30, 60)),
    Number(open_requests, "_LONGEST_BY_SOUND", (4, 6, 8, 10, 12)),
    Number(open_requests, "_MOST_AFTER_SOUND", (2, 4, 8, 12, 20)),
    Number(open_wordings, "_LONGEST_RESTART", (1, 2, 4, 6, 8)),
    Number(repeats, "_MOST_STUTTERS", (1, 2, 4, 8)),
    Number(repeats, "_LONGEST_WITHOUT_VERB", (8, 11, 14, 20, 30)),
    Number(repeats, "_LONGEST_MENDED", (15, 20, 30, 60)),
    Number(search_requests, "_LONGEST_HEARD_WRONG", (0, 4, 8, 16)),
    Number(search_wordings, "_LONGEST_SITE", (4, 8, 16, 32)),
    Number(catalogue, "_LONGEST_NAME", (8, 12, 24, 48)),
    Number(sound_index, "_MOST_GAPPED", (3, 5, 7, 9, 12)),
    Number(sound_index, "_LEAST_FOR_TWO", (3, 4, 5, 6)),
)
_CHOOSING = (
    Number(candidates, "_SKIPPED", (0.4, 0.6, 0.8, 1.0, 1.2)),
    Number(candidates, "_PER_SYLLABLE", (0.0, 0.01, 0.02, 0.05, 0.1)),
    Number(candidates, "_ALIGNED", (20, 40, 80, 160, 1000)),
    Number(sound, "_FOLDED_ALIKE", (0.0, 0.1, 0.15, 0.2, 0.25, 0.4)),
    Number(sound, "_BLURRED_ALIKE", (0.15, 0.2, 0.3, 0.4, 0.6)),
    Number(sound, "_SAME_FINAL", (0.3, 0.4, 0.45, 0.6, 1.0)),
    Number(sound, "_SAME_INITIAL", (0.3, 0.45, 0.6, 0.8, 1.0)),
)


class Sentence(NamedTuple):
    """Hold one labelled sentence, as it is or damaged."""

    request: Request
    text: str


class Unclear(NamedTuple):
    """Hold what was written for a request that opens nothing, and the keys of what it asks for."""

    text: str
    names: frozenset[str]


@contextmanager
def _empty_caches() -> Iterator[None]:
    caches = [
        each
        for module in (sound, sound_index)
        for each in vars(module).values()
        if hasattr(each, "cache_clear")
    ]
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def damaged(requests: list[Request]) -> list[Sentence]:
    """Return the sentences damaged in each of the ways, always the same way."""
    sentences = []
    for way in _WAYS:
        rng = random.Random(way)  # noqa: S311 -- nothing secret
        for request in requests:
            if text := DAMAGES[way](request, rng):
                sentences.append(Sentence(request, text))
    return sentences


def outcome(request: Request, understanding: Understanding) -> str | None:
    """Return the column in which what was understood counts, if it counts in any."""
    is_chat = request.label == "chat"
    if request.launches(understanding):
        if is_chat:
            return "launched"
        return "right" if request.is_right(understanding) else "wrong"
    [decision] = understanding.decisions
    if isinstance(decision, Unresolved):
        return "asked in chat" if is_chat else "asked"
    return "searched" if is_chat and isinstance(decision, Search) else None


def vary_meaning(number: Number, sets: list[list[Sentence]], commands: Path) -> None:
    """Print what a number that decides what a sentence means is worth."""
    for shown in number.tried():
        library = CommandLibrary(commands, this_platform())
        began = time.process_time()
        counts = [
            Counter(outcome(request, library.decide(text)) for request, text in sentences)
            for sentences in sets
        ]
        mean_us = 1e6 * (time.process_time() - began) / sum(map(len, sets))
        columns = [" ".join(f"{count[column]:4}" for column in _COLUMNS) for count in counts]
        print(f"{shown} {' | '.join(columns)} | {mean_us:.0f} µs", flush=True)


def vary_choosing(number: Number, sets: dict[str, list[Unclear]]) -> None:
    """Print what a number that chooses the names to expect is worth."""
    entries = [*read_entries(builtin("apps")), *read_entries(builtin("sites"))]
    names = [name for entry in entries for name in entry.names]
    verbs = Grammar(builtin("grammar")).opening.verbs
    for shown in number.tried():
        choose = Candidates(names, verbs)
        columns = []
        for source, requests in sets.items():
            began = time.process_time()
            nearest = [choose.nearest(request.text, max(_FIRST)) for request in requests]
            mean_ms = 1000 * (time.process_time() - began) / max(1, len(requests))
            hits = [
                sum(
                    not request.names.isdisjoint(map(key, found[:first]))
                    for request, found in zip(requests, nearest, strict=True)
                )
                for first in _FIRST
            ]
            columns.append(f"{source} {hits} of {len(requests)} ({mean_ms:.1f} ms)")
        print(f"{shown} {'; '.join(columns)}", flush=True)


def unclear(library: CommandLibrary, sentences: list[Sentence]) -> list[Unclear]:
    """Return the requests that open nothing although the catalogue has what they ask for."""
    entries = [*read_entries(builtin("apps")), *read_entries(builtin("sites"))]
    names = {
        key(name): frozenset(map(key, entry.names)) for entry in entries for name in entry.names
    }
    return [
        Unclear(text, names[key(request.target)])
        for request, text in sentences
        if key(request.target) in names and not library.decide(text).is_command
    ]


def unclear_clips(library: CommandLibrary, folder: Path) -> list[Unclear]:
    """Return what is written for the clips that ask for an app or a site and open nothing."""
    listener = Listener(folder, library)
    with (folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    written = [
        (listener.recognise(row["file"], first_prompt(library)), frozenset([key(row["target"])]))
        for row in rows
        if row["kind"] in ("app", "site")
    ]
    return [Unclear(text, names) for (text, found), names in written if not found.is_command]


def report_levels(library: CommandLibrary, sentences: list[Sentence]) -> None:
    """Print how often a launch is right, by how the name was found."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for request, text in sentences:
        understanding = library.decide(text)
        if request.launches(understanding):
            [decision] = understanding.decisions
            total[decision.reason] += 1
            right[decision.reason] += request.is_right(understanding)
    for level, confidence in CONFIDENCE.items():
        print(f"{level}: confidence {confidence}, right {right[level]} of {total[level]}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--commands", type=Path, default=Path("commands.toml"))
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--only", metavar="NAME")
    arguments = parser.parse_args()
    requests = list(read_requests(arguments.file))
    plain = [Sentence(request, request.text) for request in requests]
    worse = damaged(requests)
    print(f"{', '.join(_COLUMNS)} of {len(plain)} sentences | of {len(worse)} damaged ones")
    for number in _MEANING:
        if arguments.only in (None, number.name):
            vary_meaning(number, [plain, worse], arguments.commands)
    library = CommandLibrary(arguments.commands, this_platform())
    sets = {"damaged": unclear(library, worse)}
    if arguments.clips:
        sets["clips"] = unclear_clips(library, arguments.clips)
    print(f"the right name is among the first {_FIRST}")
    for number in _CHOOSING:
        if arguments.only in (None, number.name):
            vary_choosing(number, sets)
    report_levels(library, [*plain, *worse])


if __name__ == "__main__":
    main()
