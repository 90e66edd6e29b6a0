"""Count how often the grammar's words occur: `python -m benchmarks.grammar_words FILE.tsv`.

The file is one that `benchmarks.intent` takes. Printed for each list of `grammar.toml` and each of
its groups (one template, or the words of one template): in how many chat sentences and in how many
requests one of its words occurs, anywhere; and how many sentences are decided otherwise, rightly or
not, without the group. `--list open.then_not` prints one list only. All of them take minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.intent import Request, read_requests
from voice_assistant.commands.decision import Understanding
from voice_assistant.commands.library import builtin
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import read_entries, this_platform
from voice_assistant.commands.normalise import normalise
from voice_assistant.commands.templates import expand
from voice_assistant.commands.wordings.grammar import Grammar

# An empty list would make patterns that match anything.
_NEVER_SAID = "\uffff"


class Counts(NamedTuple):
    """Hold in how many sentences a group of words occurs, and what it changes.

    Attributes:
        chat: chat sentences with one of its words.
        requests: requests with one of its words.
        otherwise: sentences that are decided otherwise without it.
    """

    chat: int
    requests: int
    otherwise: int


class Usage:
    """Counts what groups of words do in labelled sentences.

    Args:
        data: the content of `grammar.toml`.
        requests: the sentences.
    """

    def __init__(self, data: dict[str, Any], requests: list[Request]) -> None:
        self._data = data
        self._requests = requests
        self._sentences = [normalise(request.text) for request in requests]
        self._catalogue = Catalogue(
            [*read_entries(builtin("apps")), *read_entries(builtin("sites"))]
        )
        self._decisions = self._decide(data)

    def counts(self, path: tuple[str | int, ...], index: int) -> Counts:
        """Return what the group at an index of the list at a path does."""
        data = deepcopy(self._data)
        groups: Any = data
        for step in path:
            groups = groups[step]
        words = [word.strip() for word in expand(groups.pop(index))]
        groups += [] if groups else [_NEVER_SAID]
        with_it = [
            request.label
            for request, sentence in zip(self._requests, self._sentences, strict=True)
            if any(word and word in sentence for word in words)
        ]
        chat = with_it.count("chat")
        changed = zip(self._decisions, self._decide(data), strict=True)
        return Counts(chat, len(with_it) - chat, sum(old != new for old, new in changed))

    def _decide(self, data: dict[str, Any]) -> list[Understanding]:
        matcher = Matcher(Grammar(data), self._catalogue, this_platform())
        return [matcher.decide(request.text) for request in self._requests]


def lists(
    data: Mapping[str, Any], above: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], list[str]]]:
    """Yield the path and the templates of every list of texts."""
    for name, value in data.items():
        path = (*above, name)
        if isinstance(value, dict):
            yield from lists(value, path)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for index, row in enumerate(value):
                yield from lists(row, (*path, index))
        elif isinstance(value, list):
            yield path, value


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--list", dest="only", metavar="NAME")
    arguments = parser.parse_args()
    data = builtin("grammar")
    usage = Usage(data, list(read_requests(arguments.file)))
    print("  chat requests otherwise")
    for path, templates in lists(data):
        name = ".".join(map(str, path))
        if arguments.only in (None, name):
            print(name)
            for index, template in enumerate(templates):
                counts = usage.counts(path, index)
                print(
                    f"{counts.chat:6} {counts.requests:8} {counts.otherwise:9}  {template}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
