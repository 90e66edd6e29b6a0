"""Find the words of a list, as the grammar file writes them, at the ends of texts and inside.

An English word that is written with a space needs one there, or Chinese: `normalise` leaves no
space between Latin and Chinese, as in open微信please.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of the words, longest first."""
    return "|".join(_spaced(word) for word in sorted(words, key=len, reverse=True))


class Prefix:
    """Find some words at the start of a text.

    By its first character, for nearly no text has any: an alternation tries one word after another.

    Args:
        words: as the grammar file writes them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for word in sorted(words, key=len, reverse=True):
            self._words[word[0]].append((word.rstrip(), word.endswith(" ")))

    def of(self, text: str) -> str | None:
        """Return the longest word at the start, and the space after it if it needs one."""
        words = self._words.get(text[:1])
        return next(self._among(words, text), None) if words else None

    def every(self, text: str) -> Iterable[str]:
        """Return the words at the start, longest first: of 打开下载 that is 打开下, then 打开."""
        words = self._words.get(text[:1])
        return self._among(words, text) if words else ()

    def _among(self, words: list[tuple[str, bool]], text: str) -> Iterator[str]:
        for word, is_spaced in words:
            if text.startswith(word):
                after = text[len(word) : len(word) + 1]
                if is_spaced and after == " ":
                    yield word + after
                elif not is_spaced or not after.isascii():
                    yield word


class Suffix:
    """Find some words at the end of a text.

    Args:
        words: as the grammar file writes them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for word in sorted(words, key=len, reverse=True):
            self._words[word[-1]].append((word.lstrip(), word.startswith(" ")))

    def of(self, text: str) -> str | None:
        """Return the longest word at the end, and the space before it if it needs one."""
        words = self._words.get(text[-1:])
        return next(self._among(words, text), None) if words else None

    def every(self, text: str) -> Iterable[str]:
        """Return the words at the end, longest first: of 知网上 that is 网上, then 上."""
        words = self._words.get(text[-1:])
        return self._among(words, text) if words else ()

    def _among(self, words: list[tuple[str, bool]], text: str) -> Iterator[str]:
        for word, is_spaced in words:
            if text.endswith(word):
                before = text[: -len(word)][-1:]
                if is_spaced and before == " ":
                    yield before + word
                elif not is_spaced or not before.isascii():
                    yield word


def _spaced(word: str) -> str:
    before = "(?: |(?<=[^\\x00-\\x7f]))" if word.startswith(" ") else ""
    after = "(?: |(?=[^\\x00-\\x7f]))" if word.endswith(" ") else ""
    return before + re.escape(word.strip()) + after
