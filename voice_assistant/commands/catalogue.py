"""Finds the entry that a spoken name means."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import eq
from typing import Literal

from voice_assistant.commands.entry import Entry
from voice_assistant.commands.normalise import key
from voice_assistant.commands.sound import Syllables, differing, folded, syllables

Level = Literal["exact", "pinyin", "near_pinyin"]

_LATIN = re.compile(r"[a-z0-9]")

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
            earlier one. A built-in whose very name is the user's gives up its aliases with it.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(entries, key=lambda entry: not entry.of_user)
        self._by_key: dict[str, Entry] = {}
        self._by_sound: dict[Syllables, list[Entry]] = defaultdict(list)
        self._by_folded: dict[Syllables, list[Entry]] = defaultdict(list)
        self._by_length: dict[int, list[tuple[Syllables, Entry]]] = defaultdict(list)
        for entry in self.entries:
            # One of the user's that has the name of a built-in stands for it under all its aliases.
            first = self._by_key.get(key(entry.name), entry)
            owner = first if key(first.name) == key(entry.name) else entry
            for name in entry.names:
                self._add(key(name), owner)

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
        # A recogniser takes one Chinese syllable for another, but none for a Latin word.
        if not _LATIN.search(name):
            self._by_length[len(near)].append((near, entry))

    def exact(self, name: str) -> Entry | None:
        """The entry of that name or alias."""
        return self._by_key.get(name.replace(" ", ""))

    def find(self, name: str, *, near: bool = True) -> Found | None:
        """The entry of that name, else what sounds the same, else what sounds nearly the same.

        Args:
            name: normalised.
            near: whether nearly the same will do.
        """
        name = name.replace(" ", "")
        if entry := self._by_key.get(name):
            return Found((entry,), "exact")
        sounds = syllables(name)
        if len(sounds) < 2 or name.isascii():
            return None
        if same := self._by_sound.get(sounds):
            return Found(tuple(same), "pinyin")
        if not near:
            return None
        sounds = folded(sounds)
        if alike := self._by_folded.get(sounds):
            return Found(tuple(alike), "near_pinyin")
        return None if _LATIN.search(name) else self._nearest(name, sounds)

    def _has_name_inside(self, name: str) -> bool:
        return any(
            name[:cut] in self._by_key or name[cut:] in self._by_key for cut in range(1, len(name))
        )

    def _nearest(self, name: str, near: Syllables) -> Found | None:
        best: list[Entry] = []
        least = (len(near), len(near))
        for candidate, entry in self._by_length[len(near)] if len(near) >= 3 else ():
            if sum(map(eq, near, candidate)) < len(near) - 2:
                continue  # the cheap part of `_confusable`, for nearly all
            difference = differing(near, candidate)
            if difference > least or not _confusable(len(near), *difference):
                continue
            # 打开百度失败 is 百度 and something more, and no mishearing of 百度识图.
            if difference[1] and self._has_name_inside(name):
                continue
            if difference < least:
                best, least = [], difference
            if entry not in best:
                best.append(entry)
        return Found(tuple(best), "near_pinyin") if best else None

    def search_site(self) -> Entry | None:
        """The site that searches when none is named: the first built-in that can.

        A site of the user's takes over if it has that name; one of another name is for searches
        that name it.
        """
        builtin = (entry for entry in self.entries if entry.search and not entry.of_user)
        sites = (self._by_key.get(key(entry.name), entry) for entry in builtin)
        return next((site for site in sites if site.search), None)


def _confusable(length: int, different: int, unlike: int) -> bool:
    """Whether a recogniser plausibly wrote one for the other.

    One syllable may be anything. Two may differ in a name of four if both keep their initial or
    their final, and in a longer one if at least one of them does.
    """
    if different <= 1:
        return True
    return different == 2 and (unlike == 0 if length == 4 else length > 4 and unlike <= 1)
