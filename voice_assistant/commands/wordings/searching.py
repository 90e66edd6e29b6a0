"""Recognise the wordings that ask for a search."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from voice_assistant.commands.wordings.patterns import Prefix, any_of

# Characters: as many as the longest name of a built-in site has, google translate. Each place up
# to there is tried as its end.
_LONGEST_SITE = 16


class SearchWordings:
    """Take sentences that ask for a search apart; know no sites.

    Args:
        data: the table `[search]` of `data/grammar.toml`, expanded.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._verb = Prefix(data["verbs"])
        self._not_verb = Prefix(data["not_verbs"])
        self._not_query = tuple(data["not_queries"])
        self._filler = Prefix(data["fillers"])
        self._verb_with_site = re.compile(any_of(data["verbs_with_site"]))
        self._site = re.compile(
            f"(?:{any_of(data['site_marks'])})?(?P<site>.{{1,{_LONGEST_SITE}}}?)"
            f"(?:{any_of(data['site_ends'])})*"
            f"(?=(?P<verb>{any_of(data['verbs_with_site'])}))(?P=verb)"
            f"(?:{any_of(data['fillers'])})?(?P<query>.+)$"
        )
        self._site_after = re.compile(f"(?P<query>.+)(?:{any_of(data['site_after'])})(?P<site>.+)$")
        self._named = {verb.strip(): site for verb, site in data["named"].items()}

    def query(self, sentence: str) -> tuple[str, str | None] | None:
        """Return the query after a search verb at the start, and the site that the verb names."""
        verb = self._verb.of(sentence)
        if not verb or self._not_verb.of(sentence):
            return None
        query = sentence[len(verb) :].strip()
        query = query[len(self._filler.of(query) or "") :]
        if query.startswith(self._not_query):
            return None
        return query, self._named.get(verb.strip())

    def at_site(self, sentence: str) -> Iterator[tuple[str, str]]:
        """Yield pairs of a would-be site and a query: 在B站搜原神, search cats on youtube."""
        # Asked first, for it is the cheaper question.
        match = self._verb_with_site.search(sentence, 1) and self._site.match(sentence)
        if match and not match["query"].startswith(self._not_query):
            yield match["site"], match["query"]
        plain = self.query(sentence)
        if plain and (match := self._site_after.match(plain[0])):
            yield match["site"], match["query"]
