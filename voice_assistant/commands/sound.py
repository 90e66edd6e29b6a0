"""Tell how words sound: toneless pinyin, and the confusions that recognisers make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

Syllables = tuple[str, ...]
"""Toneless pinyin, one entry a character; runs of Latin letters are one entry in capitals, which
tells them from pinyin."""

_WITHOUT_TONES = str.maketrans(
    "āáǎàēéěèếềḿńňǹōóǒòīíǐìūúǔùüǖǘǚǜê",
    "aaaaeeeeeemnnnooooiiiiuuuuvvvvve",
    "\u0300\u0304\u030c",  # on letters that Unicode has not together with them: m̀, ê̄, ê̌
)
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_LONGEST_WORD = 7  # of 47,000 in pypinyin's dictionary 45 are longer
_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")
_FOLD_INITIAL = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
_FOLD_FINAL = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("ong", "on"))
# Initials and finals that SIGHAN-2013's similar-pronunciation table calls near: 七 (qi) and 几
# (ji), 又 (you) and 要 (yao), 分 (fen) and 方 (fang), 云 (yun) and 王 (wang).
_NEAR_INITIAL = {"t": "d", "k": "g", "q": "j", "x": "j", "h": "f"}
_NEAR_FINAL = {
    "iao": "iu", "ao": "ou", "ian": "in", "uan": "un", "van": "un", "on": "un", "vn": "un",
    "an": "en", "ue": "ie", "ve": "ie", "ei": "ai", "ui": "uai", "uo": "e", "o": "e",
}  # fmt: skip
_NEAR_ZERO_INITIAL = {
    "yuan": "wen", "yun": "wen", "yon": "wen", "wan": "wen", "yu": "wu", "yan": "yin",
    "yao": "you", "yue": "ye", "wei": "wai",
}  # fmt: skip

# How far apart two syllables are, from the same (0) to nothing in common (1), in the order in which
# recognisers take one for the other. Chosen by trying: with no other value that
# `benchmarks/thresholds.py` tries is the right name more often among the first 8.
_FOLDED_ALIKE = 0.15  # more than 0.2 loses some
_BLURRED_ALIKE = 0.3  # 0.15 to 0.4 are the same
_SAME_FINAL = 0.45  # less than 0.4 loses some, 1 none
_SAME_INITIAL = 0.6  # 0.45 loses some, 1 none


@lru_cache(maxsize=8192)
def syllables(text: str) -> Syllables:
    """Return toneless pinyin of normalised text, with the readings that fit its words.

    The same as `pypinyin.lazy_pinyin` for all 11,538 Chinese ones of the development sentences, and
    several times as quick (`benchmarks/syllables.py`): words are found by forward maximum matching
    in pypinyin's dictionary.
    """
    return tuple(syllable for run in _RUN.findall(text) for syllable in _of_run(run))


def _of_run(run: str) -> Iterator[str]:
    if run.isascii():
        yield run.upper()
        return
    start = 0
    while start < len(run):
        for end in range(min(len(run), start + _LONGEST_WORD), start + 1, -1):
            if run[start:end] in PHRASES_DICT:
                yield from _reading(run[start:end])
                start = end
                break
        else:
            yield readings_of(run[start])[0]
            start += 1


def readings(text: str, usual: Syllables) -> Iterator[Syllables]:
    """Yield the usual reading of a text, then with the other ones of one character at a time.

    What a recogniser wrote for a word that it did not know has no words in it to go by.

    Args:
        text: normalised.
        usual: its `syllables`.
    """
    yield usual
    if len(usual) != len(text):
        return
    for index, character in enumerate(text):
        for other in readings_of(character):
            if other != usual[index]:
                yield (*usual[:index], other, *usual[index + 1 :])


@lru_cache(maxsize=16384)
def _reading(word: str) -> Syllables:
    return tuple(_toneless(marked) for marked, *_ in PHRASES_DICT[word])


@lru_cache(maxsize=16384)
def readings_of(character: str) -> Syllables:
    """Return all readings of one character, the usual one first; a Latin letter as a capital."""
    found = PINYIN_DICT.get(ord(character))
    if found is None:
        return (character.upper(),)
    return tuple(dict.fromkeys(map(_toneless, found.split(","))))


@lru_cache(maxsize=4096)
def _toneless(marked: str) -> str:
    return marked.translate(_WITHOUT_TONES)


def is_latin(syllable: str) -> bool:
    """Return whether a syllable is a run of Latin letters."""
    return not syllable.islower()


@lru_cache(maxsize=4096)
def fold(syllable: str) -> str:
    """Return a syllable with zh/z, ch/c, sh/s, n/l/r and -ng/-n taken for the same.

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
    """Fold all syllables."""
    return tuple(fold(syllable) for syllable in sounds)


@lru_cache(maxsize=4096)
def blurred(syllable: str) -> str:
    """Return a syllable with all near sounds of SIGHAN-2013's table taken for the same.

    Far more syllables fall together than in `fold`: only for one syllable of a word whose others
    are right.
    """
    short = fold(syllable)
    if is_latin(short):
        return short
    if short[0] in "yw":
        return _NEAR_ZERO_INITIAL.get(short, short)
    initial = initial_of(short)
    final = short[len(initial) :]
    return _NEAR_INITIAL.get(initial, initial) + _NEAR_FINAL.get(final, final)


def differing(one: Syllables, other: Syllables) -> tuple[int, int]:
    """Compare two equally long folded words.

    Returns:
        The number of syllables that differ, and of those the number that share neither initial nor
        final, which no recogniser confuses.
    """
    different = unlike = 0
    for left, right in zip(one, other, strict=True):
        if left != right:
            different += 1
            left_initial, right_initial = initial_of(left), initial_of(right)
            shares_initial = left_initial == right_initial
            shares_final = left[len(left_initial) :] == right[len(right_initial) :]
            unlike += not (shares_initial or shares_final)
    return different, unlike


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """Return how far two syllables are apart: 0 for the same, 1 for nothing in common."""
    if one == other:
        return 0.0
    if is_latin(one) or is_latin(other):
        return 1.0
    if fold(one) == fold(other):
        return _FOLDED_ALIKE
    if blurred(one) == blurred(other):
        return _BLURRED_ALIKE
    _, unlike = differing((fold(one),), (fold(other),))
    if unlike:
        return 1.0
    same_initial = initial_of(fold(one)) == initial_of(fold(other))
    return _SAME_INITIAL if same_initial else _SAME_FINAL


def initial_of(syllable: str) -> str:
    """Return the consonant that a syllable begins with, may be empty."""
    match = _INITIAL.match(syllable)
    return match[0] if match else ""
