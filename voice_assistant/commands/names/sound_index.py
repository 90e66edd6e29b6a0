"""Find names by how they sound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations

from voice_assistant.commands.sound import (
    Syllables,
    blurred,
    differing,
    fold,
    folded,
    is_latin,
    readings,
    readings_of,
    syllables,
)

_GAP = ""
# Syllables. Longer names are found by their sound, but not by a near one: the number of gaps grows
# with the square. With 5 two and with 3 sixteen of the damaged requests of
# `benchmarks/thresholds.py` are lost; 9 and 12 find no more.
_MOST_GAPPED = 7
# Syllables. Of three with two wrong ones a single one would be left to go by.
_LEAST_FOR_TWO = 4
_Named = tuple[Syllables, str]


class SoundIndex:
    """Find names by their syllables, some of which a recogniser may have got wrong.

    Looking up takes the same time whatever the number of names: what differs in one or two
    syllables is found under the syllables that are left. Names are normalised, without spaces.

    Args:
        names: all of them, most asked first.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._same: dict[Syllables, list[str]] = defaultdict(list)
        self._misread: dict[Syllables, list[str]] = defaultdict(list)
        self._folded: dict[Syllables, list[str]] = defaultdict(list)
        self._gapped: dict[Syllables, list[_Named]] = defaultdict(list)
        self._starts: set[Syllables] = set()
        self._at: dict[int, tuple[set[str], ...]] = {}
        self._longest = 0
        for name in names:
            if not name.isascii():
                self._add(name)

    def _add(self, name: str) -> None:
        sounds = syllables(name)
        # One syllable sounds like too much else.
        if len(sounds) < 2:
            return
        self._longest = max(self._longest, len(name))
        near = folded(sounds)
        self._same[sounds].append(name)
        self._folded[near].append(name)
        # 音乐 is also written as if it were 快乐: 音肋.
        for reading in readings(name, sounds):
            self._misread[reading].append(name)
            self._starts.add(_start(reading))
        kept = _kept(sounds)
        for gapped in _gaps(kept, 2):
            self._gapped[gapped].append((kept, name))
        if len(sounds) == len(name):
            places = self._at.setdefault(len(name), tuple(set() for _ in name))
            for place, character, syllable in zip(places, name, sounds, strict=True):
                place.update(_sounds_of(character), (fold(syllable),))

    def may_begin(self, text: str) -> bool:
        """Return whether a text may begin as a name or a near one sounds; quick to say no."""
        if any(map(str.isascii, text[:2])):
            return _start(syllables(text)) in self._starts
        # The words that a long text begins with need not be found: all readings of names are there.
        return _start(tuple(readings_of(character)[0] for character in text[:2])) in self._starts

    def may_hold(self, name: str, wrong: int) -> bool:
        """Return whether a text may be a name with so many characters wrong; quick to say no.

        Most texts have more that sound like nothing that a name of their length has there, and need
        not be taken apart into words.
        """
        if any(map(str.isascii, name)):
            return len(name) <= self._longest
        places = self._at.get(len(name))
        if places is None:
            return False
        left = wrong
        for place, character in zip(places, name, strict=True):
            if place.isdisjoint(_sounds_of(character)):
                if not left:
                    return False
                left -= 1
        return True

    def same(self, name: str) -> list[str]:
        """Return the names of just these syllables."""
        if not self.may_hold(name, wrong=0):
            return []
        sounds = syllables(name)
        if found := self._same.get(sounds):
            return found
        all_readings = readings(name, sounds)
        return next(filter(None, (self._misread.get(reading) for reading in all_readings)), [])

    def near(self, name: str, *, strict: bool) -> list[str]:
        """Return the nearest names that a recogniser may have written so.

        Args:
            name: what it wrote.
            strict: whether a syllable must have a near sound, and may not be another one.
        """
        sounds = syllables(name)
        if len(sounds) > _MOST_GAPPED:
            return []
        if strict or len(sounds) <= 2:
            return self.blurred(name)
        near = folded(sounds)
        if alike := self._folded.get(near):
            return alike
        best: list[str] = []
        least = (len(near), len(near))
        for candidate, other in self._candidates(near, 2):
            difference = differing(near, candidate)
            if difference > least or not _confusable(len(near), *difference):
                continue
            if difference < least:
                best, least = [], difference
            best.append(other)
        return best

    def blurred(self, name: str) -> list[str]:
        """Return the names that have a near sound in one place, and else the same."""
        if not self.may_hold(name, wrong=1):
            return []
        sounds = syllables(name)
        if len(sounds) < 2:
            return []
        near = folded(sounds)
        if alike := self._folded.get(near):
            return alike
        best = []
        for candidate, other in self._candidates(_kept(sounds), 1):
            pairs = zip(sounds, candidate, strict=True)
            if all(one == another or blurred(one) == blurred(another) for one, another in pairs):
                best.append(other)
        return best

    def alike(self, name: str) -> list[str]:
        """Return the names that differ in one syllable, or in two of four and more."""
        if not self.may_hold(name, wrong=2):
            return []
        return [other for _, other in self._candidates(_kept(syllables(name)), 2)]

    def _candidates(self, near: Syllables, most: int) -> Iterator[_Named]:
        for gapped in _gaps(near, most):
            yield from self._gapped.get(gapped, ())


@lru_cache(maxsize=16384)
def _sounds_of(character: str) -> frozenset[str]:
    """Return all readings of one character, folded."""
    return frozenset(folded(readings_of(character)))


def _kept(sounds: Syllables) -> Syllables:
    # Of two syllables the other must be quite right, so it is not folded.
    return folded(sounds) if len(sounds) > 2 else sounds


def _start(sounds: Syllables) -> Syllables:
    return tuple(blurred(syllable) for syllable in sounds[:2])


def _gaps(sounds: Syllables, most: int) -> Iterator[Syllables]:
    """Yield the syllables with one left open, and in words of four and more also with two.

    A recogniser takes one Chinese syllable for another, but none for a Latin word.

    Args:
        sounds: of a word.
        most: how many to leave open.
    """
    chinese = [index for index, syllable in enumerate(sounds) if not is_latin(syllable)]
    for index in chinese:
        yield (*sounds[:index], _GAP, *sounds[index + 1 :])
    if most > 1 and len(sounds) >= _LEAST_FOR_TWO:
        for one, other in combinations(chinese, 2):
            yield (*sounds[:one], _GAP, *sounds[one + 1 : other], _GAP, *sounds[other + 1 :])


def _confusable(length: int, different: int, unlike: int) -> bool:
    """Return whether a recogniser plausibly wrote one for the other.

    One syllable may be anything. Two may differ in a name of four if both keep their initial or
    their final, and in a longer one if at least one of them does.
    """
    if different <= 1:
        return True
    return different == 2 and (unlike == 0 if length == 4 else length > 4 and unlike <= 1)
