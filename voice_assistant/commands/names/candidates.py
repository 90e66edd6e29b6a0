"""Find the names that an utterance may have been meant to have in it, by sound."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from voice_assistant.commands.normalise import key
from voice_assistant.commands.sound import Syllables, likeness, syllables

# The right name must be among the first 8 or 12, which the recogniser is told to expect. No other
# value that `benchmarks/thresholds.py` tries has it there more often, of 135 damaged requests and
# 14 clips.
# A syllable that only one of the two has is a little nearer than one that is quite another (1).
# From 0.6 to 1.2 it makes little difference; with 0.4 short names are found that were not said.
_SKIPPED = 0.8
# Of two equally near names the longer one is less likely a coincidence: without this 12 fewer of
# the right names come first; with 0.05 one is not among the first 8 any more, with 0.1 twelve.
_PER_SYLLABLE = 0.02
# Names whose syllables all occur somewhere are few; only these are aligned. 20 are enough, the rest
# is for larger catalogues of users; all of the built-in names take three times as long.
_ALIGNED = 80


class Candidates:
    """Find the names that sound most like a part of what was recognised.

    The recogniser is then asked again with them as its context: with the right name among them base
    writes 94 % of commands as they were said, with none 28 % (docs/sources.md, "Names as context").

    Args:
        names: as they are said.
        verbs: what stands before a name, normalised.
    """

    def __init__(self, names: Iterable[str], verbs: Iterable[str]) -> None:
        self._names: dict[Syllables, str] = {}
        for name in names:
            sounds = syllables(key(name))
            if len(sounds) > 1:
                self._names.setdefault(sounds, name)
        self._verbs = {syllables(verb) for verb in verbs if len(verb) == 2}

    def nearest(self, text: str, count: int) -> list[str]:
        """Return the names that may have been said, likeliest first.

        Args:
            text: what the recogniser wrote.
            count: how many.
        """
        folded = key(text)
        if not folded:
            return []
        said = self._without_verb(syllables(folded))
        best: dict[str, float] = {}

        def least(name: Syllables) -> float:
            for syllable in name:
                if syllable not in best:
                    best[syllable] = min(likeness(syllable, other) for other in said)
            return _ranked(sum(min(best[syllable], _SKIPPED) for syllable in name), name)

        likely = heapq.nsmallest(_ALIGNED, self._names, key=least)
        aligned = heapq.nsmallest(count, likely, key=lambda name: _ranked(_cost(name, said), name))
        return [self._names[name] for name in aligned]

    def _without_verb(self, said: Syllables) -> Syllables:
        for end in range(2, len(said)):
            if said[end - 2 : end] in self._verbs:
                return said[end:]
        return said


def _ranked(cost: float, name: Syllables) -> float:
    return cost / len(name) - _PER_SYLLABLE * len(name)


def _cost(name: Syllables, said: Syllables) -> float:
    """Return the cost of the cheapest alignment of a whole name with a part (Sellers, 1980)."""
    previous = [0.0] * (len(said) + 1)
    for syllable in name:
        current = [previous[0] + _SKIPPED]
        for index, other in enumerate(said):
            current.append(
                min(
                    previous[index] + likeness(syllable, other),
                    previous[index + 1] + _SKIPPED,
                    current[index] + _SKIPPED,
                )
            )
        previous = current
    return min(previous)
