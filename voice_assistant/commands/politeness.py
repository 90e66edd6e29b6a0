"""What people say around a command: please, could you, thanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from voice_assistant.commands.patterns import Suffix, any_of, prefix


class Politeness:
    """Takes heads and tails off sentences.

    Args:
        data: the content of `data/grammar.toml`.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._head = prefix(data["heads"])
        self._tail = Suffix(data["tails"])
        self._question = Suffix(data["questions"])
        self._telling = frozenset(data["telling"])
        self._polite = re.compile(any_of(data["polite"]))

    def asks(self, sentence: str) -> bool:
        """Whether a sentence asks if something has been done: 打开微信了吗."""
        return bool(self._question.search(sentence))

    def told_part(self, sentence: str) -> str | None:
        """What is told or asked of, if the sentence ends in a word that tells or asks: 到百度了."""
        tail = self._tail.search(sentence)
        return sentence[: tail.start()] if tail and tail[0] in self._telling else None

    def is_polite(self, heads: str) -> bool:
        """Whether heads ask for something to be done, and not whether it can be."""
        return bool(self._polite.search(heads))

    def without_heads(self, sentence: str) -> Iterator[str]:
        """The sentence, then with one more politeness or filler taken off its front each time."""
        yield sentence
        while (match := self._head.match(sentence)) and match.end() < len(sentence):
            sentence = sentence[match.end() :].lstrip()
            yield sentence

    def is_all_heads(self, text: str) -> bool:
        """Whether a text is nothing but politeness, or nothing at all."""
        while text and (match := self._head.match(text)):
            text = text[match.end() :].lstrip()
        return not text

    def without_tails(self, sentence: str) -> Iterator[str]:
        """The sentence, then with one more particle or thanks taken off its end each time."""
        yield sentence
        while not self.asks(sentence):
            match = self._tail.search(sentence)
            if match is None or match.start() == 0:
                break
            sentence = sentence[: match.start()].rstrip()
            yield sentence
