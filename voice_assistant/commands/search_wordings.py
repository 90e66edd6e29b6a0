"""The wordings that ask for a search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from voice_assistant.commands.patterns import any_of, prefix

_LONGEST_SITE = 16


class SearchWordings:
    """Takes sentences that ask for a search apart; knows no sites.

    Args:
        data: the table `[search]` of `data/grammar.toml`.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._verb = prefix(data["verbs"])
        self._not_verb = prefix(data["not_verbs"])
        self._not_query = tuple(data["not_queries"])
        self._filler = prefix(data["fillers"])
        self._site = re.compile(
            f"^(?:(?:{any_of(data['site_marks'])}))?(?P<site>.{{1,{_LONGEST_SITE}}}?)"
            f"(?:{any_of(data['site_ends'])})*"
            f"(?=(?P<verb>{any_of(data['verbs_with_site'])}))(?P=verb)"
            f"(?:{any_of(data['fillers'])})?(?P<query>.+)$"
        )
        self._site_after = re.compile(
            f"^(?P<query>.+)(?:{any_of(data['site_after'])})(?P<site>.+)$"
        )
        self._named: Mapping[str, str] = data["named"]

    def query(self, sentence: str) -> tuple[str, str | None] | None:
        """The query of a sentence that begins with a search verb, and the site named by it."""
        if self._not_verb.match(sentence):
            return None
        if not (match := self._verb.match(sentence)):
            return None
        query = sentence[match.end() :].strip()
        if filler := self._filler.match(query):
            query = query[filler.end() :]
        if query.startswith(self._not_query):
            return None
        return query, self._named.get(match[0])

    def at_site(self, sentence: str) -> Iterator[tuple[str, str]]:
        """Pairs of a would-be site and a query: 在B站搜原神, search cats on youtube."""
        match = self._site.match(sentence)
        if match and not match["query"].startswith(self._not_query):
            yield match["site"], match["query"]
        plain = self.query(sentence)
        if plain and (match := self._site_after.match(plain[0])):
            yield match["site"], match["query"]
