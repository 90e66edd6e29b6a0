"""Finds the entry that a spoken name means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from voice_assistant.commands.entry import Entry
from voice_assistant.commands.normalise import key
from voice_assistant.commands.sound import Syllables, differing, folded, syllables

Level = Literal["exact", "pinyin", "near_pinyin"]

CONFIDENCE: dict[Level, float] = {"exact": 1.0, "pinyin": 0.9, "near_pinyin": 0.7}
"""How sure a decision is, by how its name was found."""


@dataclass(frozen=True, slots=True)
class Found:
    """Entries that a name may mean, all equally good; one is an answer, more are a question."""

    entries: tuple[Entry, ...]
    level: Level


class Catalogue:
    """Everything that can be opened.

    Args:
        entries: most asked first. Where two share a name or alias, the user's own has it, else the
            earlier one.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(entries, key=lambda entry: not entry.of_user)
        self._by_key: dict[str, Entry] = {}
        self._by_sound: dict[Syllables, list[Entry]] = defaultdict(list)
        self._by_folded: dict[Syllables, list[Entry]] = defaultdict(list)
        self._by_length: dict[int, list[tuple[Syllables, Entry]]] = defaultdict(list)
        for entry in self.entries:
            for name in entry.names:
                self._add(key(name), entry)

    def _add(self, name: str, entry: Entry) -> None:
        if not name or name in self._by_key:
            return
        self._by_key[name] = entry
        sounds = syllables(name)
        # One syllable sounds like too much else, and Latin names have no pinyin.
        if len(sounds) < 2 or name.isascii():
            return
        near = folded(sounds)
        for index, sound in ((self._by_sound, sounds), (self._by_folded, near)):
            if entry not in index[sound]:
                index[sound].append(entry)
        self._by_length[len(near)].append((near, entry))

    def exact(self, name: str) -> Entry | None:
        """The entry of that name or alias."""
        return self._by_key.get(name.replace(" ", ""))

    def find(self, name: str) -> Found | None:
        """The entry that sounds like `name`: the same, else nearly the same.

        Args:
            name: normalised.
        """
        name = name.replace(" ", "")
        if entry := self._by_key.get(name):
            return Found((entry,), "exact")
        sounds = syllables(name)
        if len(sounds) < 2 or name.isascii():
            return None
        if same := self._by_sound.get(sounds):
            return Found(tuple(same), "pinyin")
        near = folded(sounds)
        if alike := self._by_folded.get(near):
            return Found(tuple(alike), "near_pinyin")
        return self._nearest(near)

    def _nearest(self, near: Syllables) -> Found | None:
        best: list[Entry] = []
        least = (len(near), len(near))
        for candidate, entry in self._by_length[len(near)] if len(near) >= 3 else ():
            difference = differing(near, candidate)
            if difference > least or not _confusable(len(near), *difference):
                continue
            if difference < least:
                best, least = [], difference
            if entry not in best:
                best.append(entry)
        return Found(tuple(best), "near_pinyin") if best else None

    def search_site(self) -> Entry | None:
        """The site that searches when none is named: the first that can."""
        return next((entry for entry in self.entries if entry.search), None)


def _confusable(length: int, different: int, unlike: int) -> bool:
    """Whether a recogniser plausibly wrote one for the other.

    Of three or four syllables one may be anything; of four two, and of five or more two, if at
    least one, or all of them, keep their initial or their final.
    """
    if different <= 1:
        return True
    return different == 2 and (unlike == 0 if length == 4 else length > 4 and unlike <= 1)
