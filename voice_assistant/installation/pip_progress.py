"""Read from the output of pip how far it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_PIN = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[^]]*\])?\s*==", re.MULTILINE)
_COLLECTING = re.compile(r"^Collecting ([\w.-]+)")
_FETCHING = re.compile(r"^\s+(?:Downloading|Using cached) \S+ \(([\d.]+ \w+)\)")
_LOCAL = re.compile(r"^Processing (?:.*[/\\])?([\w.]+?)-\d[^/\\]*\.whl")
_SATISFIED = re.compile(r"^Requirement already satisfied: ([\w.-]+)")


def count_pins(requirements: str) -> int:
    """Return how many packages a lock file names, for all Pythons and systems together."""
    return len(_PIN.findall(requirements))


def reached_index(output: Iterable[str]) -> bool:
    """Return whether pip got at least one package from somewhere."""
    return any(_COLLECTING.match(line) or _LOCAL.match(line) for line in output)


@dataclass
class PipProgress:
    """Hold how far pip is.

    Attributes:
        total: packages to install, as far as is known.
        current: the one that pip is at, as `[12/45] ctranslate2 42.4 MB`.
    """

    total: int
    current: str = ""
    _seen: set[str] = field(default_factory=set)
    _collecting: str = ""

    def feed(self, line: str) -> bool:
        """Take one line of pip's output, and return whether it changed `current`."""
        if line.startswith("Ignoring "):  # that pin is for another Python or system
            self.total -= 1
        elif collecting := _COLLECTING.match(line):
            self._collecting = collecting[1]
        elif fetching := _FETCHING.match(line):
            return self._begin(self._collecting, fetching[1])
        elif here := _LOCAL.match(line) or _SATISFIED.match(line):
            return self._begin(here[1])
        return False

    def _begin(self, name: str, size: str = "") -> bool:
        name = re.sub(r"[-_.]+", "-", name).lower()
        if name in self._seen:
            return False
        self._seen.add(name)
        count = len(self._seen)
        of = f"/{self.total}" if count <= self.total else ""
        self.current = f"[{count}{of}] {name} {size}".rstrip()
        return True
