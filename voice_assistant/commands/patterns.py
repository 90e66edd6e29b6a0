"""Regular expressions of word lists, as the grammar file writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def any_of(words: Iterable[str]) -> str:
    """An alternation of all words, longest first."""
    return "|".join(_spaced(word) for word in sorted(words, key=len, reverse=True))


def prefix(words: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the words at the start of a text."""
    return re.compile(f"^(?:{any_of(words)})")


class Suffix:
    """Finds the longest of some words at the end of a text.

    Args:
        words: as the grammar file writes them.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._pattern = re.compile(f"(?:{any_of(words)})$")
        self._bare = tuple(word.strip() for word in words)
        self._longest = max(map(len, words), default=0)

    def search(self, text: str) -> re.Match[str] | None:
        """The match, if the text ends in one of the words."""
        # Nearly no text does, and a search looks at every place of it.
        if not text.endswith(self._bare):
            return None
        return self._pattern.search(text, max(0, len(text) - self._longest))


def _spaced(word: str) -> str:
    # `normalise` leaves no space between Latin and Chinese: open微信please.
    before = "(?: |(?<=[^\\x00-\\x7f]))" if word.startswith(" ") else ""
    after = "(?: |(?=[^\\x00-\\x7f]))" if word.endswith(" ") else ""
    return before + re.escape(word.strip()) + after
