"""How words sound: toneless pinyin, and the confusions that recognisers make."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from pypinyin.seg.simpleseg import seg

Syllables = tuple[str, ...]
"""Toneless pinyin, one entry a character; runs of Latin letters and digits are one entry."""

_FOLD_INITIAL = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
_FOLD_FINAL = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("ong", "on"))
_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")


def syllables(text: str) -> Syllables:
    """Toneless pinyin of normalised text, with the readings that fit its words."""
    return tuple(syllable for word in seg(text) for syllable in _reading(word))


@lru_cache(maxsize=16384)
def _reading(word: str) -> Syllables:
    # pypinyin cuts a text into words in 5 µs and needs 30 µs a word to read it; words recur.
    return tuple(lazy_pinyin(word, style=Style.NORMAL, errors="default"))


@lru_cache(maxsize=4096)
def fold(syllable: str) -> str:
    """The syllable with zh/z, ch/c, sh/s, n/l/r and -ng/-n taken for the same.

    These are the near sounds of SIGHAN-2013's similar-pronunciation table that Whisper confuses.
    """
    for ending, short in _FOLD_FINAL:
        if syllable.endswith(ending):
            syllable = syllable[: -len(ending)] + short
            break
    for initial, short in _FOLD_INITIAL:
        if syllable.startswith(initial) and syllable != initial:
            return short + syllable[len(initial) :]
    return syllable


def folded(sounds: Syllables) -> Syllables:
    """All syllables folded."""
    return tuple(fold(syllable) for syllable in sounds)


def differing(one: Syllables, other: Syllables) -> tuple[int, int]:
    """How two equally long folded words differ.

    Returns:
        The number of syllables that differ, and of those the number that share neither initial nor
        final, which no recogniser confuses.
    """
    different = unlike = 0
    for left, right in zip(one, other, strict=True):
        if left != right:
            different += 1
            left_initial, right_initial = _initial(left), _initial(right)
            shares_initial = left_initial == right_initial
            shares_final = left[len(left_initial) :] == right[len(right_initial) :]
            unlike += not (shares_initial or shares_final)
    return different, unlike


def _initial(syllable: str) -> str:
    match = _INITIAL.match(syllable)
    return match[0] if match else ""
