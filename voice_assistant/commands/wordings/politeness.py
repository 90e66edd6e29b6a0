"""What people say around a command: please, could you, thanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from voice_assistant.commands.wordings.patterns import Prefix, Suffix, any_of


class Politeness:
    """Takes heads and tails off sentences.

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
        """Whether a sentence asks if something has been done: 打开微信了吗."""
        return self._question.of(sentence) is not None

    def told_part(self, sentence: str) -> str | None:
        """What is told or asked of, if the sentence ends in a word that tells or asks: 到百度了."""
        tail = self._tail.of(sentence)
        return sentence[: -len(tail)] if tail and tail in self._telling else None

    def is_polite(self, heads: str) -> bool:
        """Whether heads ask for something to be done, and not whether it can be."""
        return bool(self._polite.search(heads))

    def without_heads(self, sentence: str) -> Iterator[str]:
        """The sentence, then with one more politeness or filler taken off its front each time."""
        yield sentence
        while (head := self._head.of(sentence)) and len(head) < len(sentence):
            sentence = sentence[len(head) :].lstrip()
            yield sentence

    def is_all_heads(self, text: str) -> bool:
        """Whether a text is nothing but politeness, or nothing at all."""
        while head := self._head.of(text):
            text = text[len(head) :].lstrip()
        return not text

    def without_tails(self, sentence: str) -> Iterator[str]:
        """The sentence, then with one more particle or thanks taken off its end each time."""
        yield sentence
        while (tail := self._tail.of(sentence)) and tail != sentence and not self.asks(sentence):
            sentence = sentence[: -len(tail)].rstrip()
            yield sentence
