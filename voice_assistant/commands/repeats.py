"""Mend what was said twice or misrecognised around a name: 打开微信微信, 打打开微信, 大开微信."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from voice_assistant.commands.normalise import SPOKEN_DIGITS
from voice_assistant.commands.sound import readings_of, syllables

_TWICE = re.compile(r"(.{2,}?)\1+")
_WHOLE_TWICE = re.compile(r"(.{2,}?)(?: ?\1)+$")
_NUMERAL = re.compile(r"[0-9]+(?!$)|(?<![a-z0-9])[0-9]+$")
_DOUBLED = re.compile(r"(.)\1+")
# These spare time, which each way to mend a sentence costs; `benchmarks/thresholds.py` prints what
# other values lose.
# Repeated characters: with 1 the first request is lost, with 2 none.
_MOST_STUTTERS = 4
# Characters: with 8 the first request is lost, with 11 none. One in ten chat sentences is longer.
_LONGEST_WITHOUT_VERB = 14
# Characters: a long request that is said twice. With 20 six of the damaged ones are lost, with 60
# one is gained.
_LONGEST_MENDED = 30


def once(sentence: str) -> str:
    """Return a sentence that is nothing but repeats, once."""
    match = _WHOLE_TWICE.match(sentence)
    return match[1].rstrip() if match else sentence


class Mender:
    """Find what may have been meant by a sentence that is no command as it stands.

    Args:
        verbs: the verbs that open something; those of two characters are restored where a sentence
            has their sound.
    """

    def __init__(self, verbs: Collection[str]) -> None:
        sounding = ((verb, syllables(verb)) for verb in verbs)
        self._verbs = {sounds: verb for verb, sounds in sounding if len(verb) == len(sounds) == 2}
        self._verb = re.compile("|".join(map(re.escape, verbs)))

    def mend(self, sentence: str) -> Iterator[str]:
        """Yield the sentence with verbs and numerals (1下) restored, then with repeats said once.

        First all repeated stretches at once, then each repeated character on its own, for many a
        name has one: 哔哩哔哩, 拼多多.
        """
        if len(sentence) > _LONGEST_MENDED:
            return
        # 打开1下 is 打开一下, but QQ2 a name.
        restored = _NUMERAL.sub(lambda match: match[0].translate(SPOKEN_DIGITS), sentence)
        restored = self._with_verbs(restored)
        # Long sentences that open nothing are what people chat most.
        if len(sentence) > _LONGEST_WITHOUT_VERB and not self._verb.search(restored):
            return
        repeated = len(restored) - len(set(restored))
        shorter = _TWICE.sub(r"\1", restored) if repeated > 1 else restored
        yield from dict.fromkeys(base for base in (restored, shorter) if base != sentence)
        for base in dict.fromkeys((restored, shorter)) if repeated else ():
            for count, match in enumerate(_DOUBLED.finditer(base)):
                if count == _MOST_STUTTERS:
                    break
                yield base[: match.start() + 1] + base[match.end() :]
                if match.end() - match.start() > 2:
                    yield base[: match.start() + 2] + base[match.end() :]

    def _with_verbs(self, sentence: str) -> str:
        sounds = [readings_of(character)[0] for character in sentence]
        found = [
            (place, verb)
            for place, pair in enumerate(pairwise(sounds))
            if (verb := self._verbs.get(pair))
        ]
        if not found:
            return sentence
        known = {place for match in self._verb.finditer(sentence) for place in range(*match.span())}
        characters = list(sentence)
        for place, verb in found:
            if place not in known and place + 1 not in known:
                characters[place : place + 2] = verb
        return "".join(characters)
