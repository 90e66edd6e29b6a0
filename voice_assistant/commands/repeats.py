"""What was said twice or heard wrong around a name: 打开微信微信, 打打开微信, 大开微信."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from voice_assistant.commands.normalise import SPOKEN_DIGITS
from voice_assistant.commands.sound import readings_of, syllables

_TWICE = re.compile(r"(.{2,}?)\1+")
_WHOLE_TWICE = re.compile(r"^(.{2,}?)(?: ?\1)+$")
_NUMERAL = re.compile(r"[0-9]+(?!$)|(?<![a-z0-9])[0-9]+$")
_DOUBLED = re.compile(r"(.)\1+")
_MOST_STUTTERS = 4
_LONGEST_WITHOUT_VERB = 14
_LONGEST_MENDED = 30


def once(sentence: str) -> str:
    """A sentence that is nothing but repeats, once."""
    match = _WHOLE_TWICE.match(sentence)
    return match[1].rstrip() if match else sentence


class Mender:
    """Finds what may have been meant by a sentence that is no command as it stands.

    Args:
        verbs: the verbs that open something; those of two characters are restored where a sentence
            has their sound.
    """

    def __init__(self, verbs: Collection[str]) -> None:
        self._verbs: dict[str, dict[str, str]] = defaultdict(dict)
        for verb in verbs:
            sounds = syllables(verb)
            if len(verb) == len(sounds) == 2:
                self._verbs[sounds[0]].setdefault(sounds[1], verb)
        self._verb = re.compile("|".join(map(re.escape, verbs)))

    def mend(self, sentence: str) -> Iterator[str]:
        """The sentence with verbs and numerals (1下) restored, then with repeats said once.

        First all repeated stretches at once, then each repeated character on its own, for many a
        name has one: 哔哩哔哩, 拼多多.
        """
        if len(sentence) > _LONGEST_MENDED:
            return
        restored = self._with_verbs(
            # 打开1下 is 打开一下, but QQ2 a name.
            _NUMERAL.sub(lambda match: match[0].translate(SPOKEN_DIGITS), sentence)
        )
        # Long sentences that open nothing are what people chat most.
        if len(sentence) > _LONGEST_WITHOUT_VERB and not self._verb.search(restored):
            return
        shorter = _TWICE.sub(r"\1", restored)
        yield from dict.fromkeys(base for base in (restored, shorter) if base != sentence)
        for base in dict.fromkeys((restored, shorter)):
            for count, match in enumerate(_DOUBLED.finditer(base)):
                if count == _MOST_STUTTERS:
                    break
                yield base[: match.start() + 1] + base[match.end() :]
                if match.end() - match.start() > 2:
                    yield base[: match.start() + 2] + base[match.end() :]

    def _with_verbs(self, sentence: str) -> str:
        characters = list(sentence)
        known = {place for match in self._verb.finditer(sentence) for place in range(*match.span())}
        for index in range(len(characters) - 1):
            if index in known or index + 1 in known:
                continue
            seconds = self._verbs.get(readings_of(characters[index])[0])
            if seconds and (verb := seconds.get(readings_of(characters[index + 1])[0])):
                characters[index : index + 2] = verb
        return "".join(characters)
