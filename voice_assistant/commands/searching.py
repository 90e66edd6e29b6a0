"""Find the address that does the search that a sentence asks for."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from voice_assistant.commands.decision import Level, Search
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.normalise import as_said, normalise
from voice_assistant.commands.wordings.grammar import Grammar

# Characters of a site's name that may be heard wrong: as many as the longest in Chinese alone has,
# 上海浦东发展银行. No value from 0 to 16 changes what is understood of the development sentences
# (`benchmarks/thresholds.py`).
_LONGEST_HEARD_WRONG = 8


class SearchRequests:
    """Understand 搜索X and 在B站搜X.

    Args:
        grammar: the wordings.
        catalogue: the sites.
    """

    def __init__(self, grammar: Grammar, catalogue: Catalogue) -> None:
        self._wordings = grammar.searching
        self._catalogue = catalogue

    def read(self, core: str, text: str, fold: Callable[[str], str]) -> Search | None:
        """Return what a sentence without heads asks to search, if it does.

        Args:
            core: the sentence, normalised.
            text: all that was said, as it was said.
            fold: what folded it into `core`.
        """
        for name, query in self._wordings.at_site(core):
            near = len(name) <= _LONGEST_HEARD_WRONG
            found = self._catalogue.find(name, "site", near=near) if len(query) > 1 else None
            if found and len(found.entries) == 1 and (search := found.entries[0].search):
                return _searching(search, as_said(query, text, fold), found.level)
        plain = self._wordings.query(core)
        if plain is None:
            return None
        query, named = plain
        if named:
            site = next(iter(self._catalogue.exact(normalise(named), "site")), None)
        else:
            site = self._catalogue.search_site()
        if not site or not site.search or len(query) < 2:
            return None
        return _searching(site.search, as_said(query, text, fold), "exact")


def _searching(address: str, query: str, level: Level) -> Search:
    return Search(level, query, address.replace("{query}", quote(query, safe="")))
