"""Find the words of a list, as the grammar file writes them, at the ends of texts and inside.

An English word that is written with a space needs one there, or Chinese: `normalise` leaves no
space between Latin and Chinese, as in open微信please.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable


def any_of(words: Iterable[str]) -> str:
    """Return a regular expression for any of the words, longest first."""
    return "|".join(_spaced(word) for word in sorted(words, key=len, reverse=True))


class Prefix:
    """Find the longest of some words at the start of a text.

    By its first character, for nearly no text has any: an alternation tries one word after another.

    Args:
        words: as the grammar file writes them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for word in sorted(words, key=len, reverse=True):
            self._words[word[0]].append((word.rstrip(), word.endswith(" ")))

    def of(self, text: str) -> str | None:
        """Return the word that the text begins with, and the space after it if it needs one."""
        for word, is_spaced in self._words.get(text[:1], ()):
            if text.startswith(word):
                if not is_spaced:
                    return word
                after = text[len(word) : len(word) + 1]
                if after == " ":
                    return word + after
                if not after.isascii():
                    return word
        return None


class Suffix:
    """Find the longest of some words at the end of a text.

    Args:
        words: as the grammar file writes them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        for word in sorted(words, key=len, reverse=True):
            self._words[word[-1]].append((word.lstrip(), word.startswith(" ")))

    def of(self, text: str) -> str | None:
        """Return the word that the text ends in, and the space before it if it needs one."""
        for word, is_spaced in self._words.get(text[-1:], ()):
            if text.endswith(word):
                if not is_spaced:
                    return word
                before = text[: -len(word)][-1:]
                if before == " ":
                    return before + word
                if not before.isascii():
                    return word
        return None


def _spaced(word: str) -> str:
    before = "(?: |(?<=[^\\x00-\\x7f]))" if word.startswith(" ") else ""
    after = "(?: |(?=[^\\x00-\\x7f]))" if word.endswith(" ") else ""
    return before + re.escape(word.strip()) + after
