"""Measure how well sentences are understood: `python -m benchmarks.intent FILE.tsv`.

The file has a header and the columns text, label, target and source, separated by tabs, without
quoting: `label` is chat, open_app or open_site; `target` is what is to be opened, as it was said,
and may be empty; `source` says where the sentence comes from. `--commands commands.toml` puts a
user's file on top of the built-in catalogue.

Printed for the requests to open something, by label and by form: how many there are, how many are
commands at all, how many open the right entry, that is one with a name or alias that equals the
target after `commands.normalise.key`. The forms: `bare` is the name alone, which is reported apart,
for it asks for nothing; `plain` ends with the name; `more` has more after it, is repeated or does
not have the name as it is. Then: how many chat sentences were taken for what (searches and system
actions are what a chat sentence of the file may well ask for in so many words); the time of one
decision in µs (each sentence once, in the order of the file, caches cold). First of
all: how long the catalogue took to load. `--mistakes` lists what went wrong.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from voice_assistant.commands.decision import (
    Chat,
    Decision,
    OpenApp,
    OpenSite,
    Understanding,
    Unresolved,
)
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.names.entry import this_platform
from voice_assistant.commands.normalise import key
from voice_assistant.processes.collector import permanent_objects


@dataclass(frozen=True)
class Request:
    """Hold one labelled sentence."""

    text: str
    label: str
    target: str
    source: str

    def is_right(self, understanding: Understanding) -> bool:
        """Return whether the entry that was asked for is opened."""
        command = understanding.command
        if not self.target or not isinstance(command, OpenApp | OpenSite):
            return False
        return key(self.target) in map(key, command.names)

    @property
    def form(self) -> str:
        """Return `plain` if the target ends the sentence, `bare` if alone, else `more`."""
        text, target = key(self.text), key(self.target)
        if not target:
            return "no target"
        if text == target:
            return "bare"
        return "plain" if len(text) - text.find(target) - len(target) <= 1 else "more"

    def launches(self, understanding: Understanding) -> bool:
        """Return whether an app or a site is launched."""
        return isinstance(understanding.command, OpenApp | OpenSite)


@dataclass(frozen=True)
class Result:
    """Hold one sentence and what was understood."""

    request: Request
    understanding: Understanding
    seconds: float

    @property
    def is_right(self) -> bool:
        """Return whether the entry that was asked for is opened."""
        return self.request.is_right(self.understanding)

    @property
    def is_mistake(self) -> bool:
        """Return whether something else was done than was asked for."""
        if self.request.label == "chat":
            return self.understanding.is_command
        return not (self.is_right if self.request.target else self.understanding.is_command)


def read_requests(file: Path) -> Iterator[Request]:
    """Return the sentences of a file, in its order."""
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Request(row["text"], row["label"], row["target"], row["source"])


def measure(file: Path, library: CommandLibrary) -> list[Result]:
    """Decide every sentence once."""
    results = []
    for request in read_requests(file):
        began = time.perf_counter()
        understanding = library.decide(request.text)
        results.append(Result(request, understanding, time.perf_counter() - began))
    return results


def report(results: list[Result], *, mistakes: bool) -> None:
    """Print the figures."""
    print(f"{'requests':16} {'of':>6} {'command':>8} {'right':>6} {'share':>7}")
    requests = [result for result in results if result.request.label != "chat"]
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in requests:
        groups[result.request.form].append(result)
        groups[result.request.label].append(result)
        if result.request.form in ("plain", "more"):
            groups["plain and more"].append(result)
    for group in sorted(groups):
        _row(group, groups[group])

    chat = [result.understanding for result in results if result.request.label == "chat"]
    types = Counter(each.command_type for each in chat if each.is_command)
    print(f"chat: {len(chat)}; taken for", end=" ")
    print(", ".join(f"{kind} {types[kind]}" for kind in ("app", "site", "search", "system")))
    print(f"chat that launches: {_share(types['app'] + types['site'], len(chat))}")

    times = sorted(1e6 * result.seconds for result in results)
    p50, p99, longest = (_percentile(times, share) for share in (0.5, 0.99, 1))
    print(f"decision: p50 {p50:.0f} µs, p99 {p99:.0f} µs, longest {longest:.0f} µs")
    if mistakes:
        for result in filter(attrgetter("is_mistake"), results):
            asked, found = result.request, result.understanding
            [decision] = found.decisions
            kind, target = described(decision)
            print(
                f"  {asked.label} {asked.target or '-'}: {asked.text} | {kind} "
                f"{found.command_type or decision.reason} {target} | {asked.source}"
            )


def described(decision: Decision) -> tuple[str, str]:
    """Return the kind of a decision, in a word, and its target."""
    match decision:
        case Chat():
            return "chat", ""
        case Unresolved(name=name):
            return "unresolved", name or ""
        case _:
            return "command", decision.target


def _row(group: str, results: list[Result]) -> None:
    commands = sum(result.understanding.is_command for result in results)
    right = sum(result.is_right for result in results)
    share = right / len(results)
    print(f"{group:16} {len(results):6} {commands:8} {right:6} {share:7.1%}")


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" = {part / whole:.2%}" if whole else "")


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[int(share * (len(ordered) - 1))] if ordered else 0.0


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--commands", type=Path, default=Path("commands.toml"))
    parser.add_argument("--mistakes", action="store_true")
    arguments = parser.parse_args()
    began = time.perf_counter()
    with permanent_objects():  # as the service loads it
        library = CommandLibrary(arguments.commands, this_platform())
    print(f"catalogue: loaded in {1000 * (time.perf_counter() - began):.0f} ms")
    report(measure(arguments.file, library), mistakes=arguments.mistakes)


if __name__ == "__main__":
    main()
