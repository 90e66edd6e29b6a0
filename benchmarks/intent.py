"""How well sentences are understood: `python -m benchmarks.intent FILE.tsv`.

The file has a header and the columns text, label, target and source, separated by tabs, without
quoting: `label` is chat, open_app or open_site; `target` is what is to be opened, as it was said,
and may be empty; `source` says where the sentence comes from. `--commands commands.toml` puts a
user's file on top of the built-in catalogue.

Printed: how many sentences there are of each label; recall of the requests to open something, once
for "is a command at all" and once for "opens the right entry", that is one with a name or alias
that equals the target after `commands.normalise.key` (requests without a target count for the first
only); how many requests did something else; how many chat sentences launched an app or a site by
mistake, and how many, apart from these, were taken for searches and system actions, which a chat
sentence of the file may well ask for in so many words; the time of one decision in µs (each
sentence once, in the order of the file, caches cold). `--mistakes` lists what went wrong.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.commands.decision import Decision
from voice_assistant.commands.entry import this_platform
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.normalise import key


@dataclass(frozen=True)
class Result:
    """One sentence and what was made of it."""

    text: str
    label: str
    target: str
    source: str
    decision: Decision
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the entry that was asked for is opened."""
        names = {key(name) for name in self.decision.names}
        return self.decision.is_command and key(self.target) in names

    @property
    def is_mistake(self) -> bool:
        """Whether something else was done than was asked for."""
        if self.label == "chat":
            return self.decision.is_command
        return not (self.is_right if self.target else self.decision.is_command)


def measure(file: Path, library: CommandLibrary) -> list[Result]:
    """Decide every sentence once."""
    results = []
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            began = time.perf_counter()
            decision = library.decide(row["text"])
            seconds = time.perf_counter() - began
            results.append(
                Result(row["text"], row["label"], row["target"], row["source"], decision, seconds)
            )
    return results


def report(results: list[Result], *, mistakes: bool) -> None:
    """Print the figures."""
    labels = Counter(result.label for result in results)
    print("sentences:", ", ".join(f"{count} {label}" for label, count in labels.most_common()))

    requests = [result for result in results if result.label != "chat"]
    named = [result for result in requests if result.target]
    commands = [result for result in requests if result.decision.is_command]
    right = [result for result in named if result.is_right]
    wrong = [result for result in commands if result.is_mistake]
    print("requests that are commands:", _share(len(commands), len(requests)))
    print("requests with a target that open it:", _share(len(right), len(named)))
    print("requests that do something else:", _share(len(wrong), len(requests)))

    chat = [result.decision for result in results if result.label == "chat"]
    types = Counter(decision.command_type for decision in chat if decision.is_command)
    launches = types["app"] + types["site"]
    print(
        f"chat that launches: {_share(launches, len(chat))} "
        f"(app {types['app']}, site {types['site']})"
    )
    print(f"chat taken for a search: {types['search']}, for a system action: {types['system']}")

    times = sorted(1e6 * result.seconds for result in results)
    print(f"decision: p50 {_percentile(times, 0.5):.0f} µs, p99 {_percentile(times, 0.99):.0f} µs")
    if mistakes:
        for result in results:
            if result.is_mistake:
                made = result.decision
                print(
                    f"  {result.label} {result.target or '-'}: {result.text} | {made.kind} "
                    f"{made.command_type or made.reason} {made.target or ''} | {result.source}"
                )


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
    library = CommandLibrary(arguments.commands, this_platform())
    report(measure(arguments.file, library), mistakes=arguments.mistakes)


if __name__ == "__main__":
    main()
