"""Take off what people say around a command: please, could you, thanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from voice_assistant.commands.wordings.patterns import Prefix, Suffix, any_of

_LATIN = re.compile("[a-z]")


class Politeness:
    """Take heads and tails off sentences.

    Args:
        data: the content of `data/grammar.toml`, expanded.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._head = Prefix(data["heads"])
        self._tail = Suffix(data["tails"])
        self._question = Suffix(data["questions"])
        self._telling = frozenset(data["telling"])
        self._polite = re.compile(any_of(data["polite"]))

    def asks(self, sentence: str) -> bool:
        """Return whether a sentence asks if something has been done: 打开微信了吗."""
        return self._question.of(sentence) is not None

    def told_part(self, sentence: str) -> str | None:
        """Return what is told or asked of, if the last word tells or asks: 到百度了."""
        tail = self._tail.of(sentence)
        return sentence[: -len(tail)] if tail and tail in self._telling else None

    def is_polite(self, heads: str) -> bool:
        """Return whether heads ask for something to be done, and not whether it can be."""
        return bool(self._polite.search(heads))

    def without_heads(self, sentence: str) -> Iterator[str]:
        """Yield the sentence, then without its first politeness or filler, and so on."""
        yield sentence
        while (head := self._head.of(sentence)) and len(head) < len(sentence):
            sentence = sentence[len(head) :].lstrip()
            yield sentence

    def is_all_heads(self, text: str) -> bool:
        """Return whether a text is nothing but politeness, or nothing at all."""
        while head := self._head.of(text):
            text = text[len(head) :].lstrip()
        return not text

    def without_tails(self, sentence: str) -> Iterator[str]:
        """Yield the sentence, then without its last particle or thanks, and so on."""
        yield sentence
        while (tail := self._last_tail(sentence)) and tail != sentence and not self.asks(sentence):
            sentence = sentence[: -len(tail)].rstrip()
            yield sentence

    def _last_tail(self, sentence: str) -> str | None:
        """Return the longest tail that does not begin in a Latin word: no ok吗 in outlook吗."""
        for tail in self._tail.every(sentence):
            if not _LATIN.match(tail) or not _LATIN.match(sentence[: -len(tail)][-1:]):
                return tail
        return None
