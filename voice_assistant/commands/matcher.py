"""Sentence in, `Decision` out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from voice_assistant.commands.catalogue import CONFIDENCE, Catalogue, Found
from voice_assistant.commands.decision import Decision
from voice_assistant.commands.entry import Entry
from voice_assistant.commands.grammar import Grammar, Kind, OpenForm, SystemWording
from voice_assistant.commands.normalise import normalise
from voice_assistant.commands.sound import syllables

_LONGEST = 60
_LONGEST_UNKNOWN_NAME = 8
_REPEATED = re.compile(r"^(.{2,}?)\1+$")
_CHAT = Decision("chat", "no_wording")


class Matcher:
    """Decides what a sentence asks for.

    A sentence is a command only if heads, a wording, a name and tails use up all of it: questions,
    negations and stories about commands have a word left over and are chat.

    Args:
        grammar: the wordings.
        catalogue: the names.
        platform: `linux`, `windows` or `macos`: whose argument lists are wanted.
    """

    def __init__(self, grammar: Grammar, catalogue: Catalogue, platform: str) -> None:
        self._grammar = grammar
        self._catalogue = catalogue
        self._platform = platform
        self._system_sounds = {
            syllables(wording): meaning
            for wording, meaning in grammar.system.items()
            if not wording.isascii()
        }
        self._verb_sounds = {
            syllables(verb): verb in grammar.site_verbs
            for verb in grammar.verbs | grammar.site_verbs
            if len(verb) == 2
        }

    def decide(self, text: str) -> Decision:
        """What `text` asks for; never raises, whatever it is."""
        sentence = normalise(text[: 20 * _LONGEST])
        if not sentence:
            return Decision("chat", "empty")
        if len(sentence) > _LONGEST:
            return Decision("chat", "too_long")
        if match := _REPEATED.match(sentence):
            sentence = match[1].rstrip()
        unresolved: Decision | None = None
        for core in self._grammar.without_heads(sentence):
            decision = self._system(core) or self._search(core, text) or self._open(core)
            if decision and decision.is_command:
                return decision
            unresolved = unresolved or decision
        return unresolved or _CHAT

    def _system(self, core: str) -> Decision | None:
        for wording in self._grammar.without_tails(core):
            meaning = self._grammar.system.get(wording)
            level = 1.0
            if meaning is None and not wording.isascii():
                meaning = self._system_sounds.get(syllables(wording))
                level = CONFIDENCE["pinyin"]
            if meaning is None and (volume := self._grammar.volume(wording)) is not None:
                meaning, level = SystemWording("音量", str(volume), confirm=False), 1.0
            if meaning:
                return Decision(
                    "command",
                    "exact" if level == 1.0 else "pinyin",
                    level,
                    "system",
                    meaning.name,
                    value=meaning.value,
                    needs_confirmation=meaning.confirm,
                )
        return None

    def _search(self, core: str, text: str) -> Decision | None:
        for name, query in self._grammar.site_searches(core):
            found = self._catalogue.find(name)
            if found and len(found.entries) == 1 and found.entries[0].search:
                return _searching(found.entries[0], as_said(query, text), CONFIDENCE[found.level])
        plain = self._grammar.search_query(core)
        if plain is None:
            return None
        query, named = plain
        site = self._catalogue.exact(normalise(named)) if named else self._catalogue.search_site()
        if not site or not site.search or len(query) < 2:
            return None
        return _searching(site, as_said(query, text), 1.0)

    def _open(self, core: str) -> Decision | None:
        unknown: Decision | None = None
        for form in self._open_forms(core):
            candidates = list(self._grammar.names(form.rest))
            for name, kind in candidates:
                if (entry := self._catalogue.exact(name)) and _fits(entry, kind):
                    return self._opening(Found((entry,), "exact"))
            for name, kind in candidates:
                found = self._catalogue.find(name)
                if not found or not all(_fits(entry, kind) for entry in found.entries):
                    continue
                if form.weak and found.level == "near_pinyin":
                    continue
                return self._opening(found)
            if not form.weak and not unknown:
                unknown = _unknown(form, candidates[-1][0])
        return unknown

    def _open_forms(self, core: str) -> Iterator[OpenForm]:
        yield from self._grammar.open_forms(core)
        site = self._verb_sounds.get(syllables(core[:2]))
        if site is not None and core[:2] not in self._grammar.verbs | self._grammar.site_verbs:
            yield OpenForm(core[2:], site=site, weak=True)

    def _opening(self, found: Found) -> Decision:
        if len(found.entries) > 1:
            names = tuple(entry.name for entry in found.entries)
            return Decision("unresolved", "ambiguous_name", choices=names)
        entry = found.entries[0]
        return Decision(
            "command",
            found.level,
            CONFIDENCE[found.level],
            entry.kind,
            entry.name,
            commands=entry.commands.get(self._platform, ()),
            names=entry.names,
            url=entry.url,
        )


def as_said(query: str, text: str) -> str:
    """The end of `text` whose normalised form is `query`, so that it is searched as it was said."""
    for start in range(len(text) - 1, -1, -1):
        ending = text[start:]
        if normalise(ending) == query and not ending[0].isspace():
            return ending.strip().rstrip("。！？.!?，,")
    return query


def _searching(site: Entry, query: str, confidence: float) -> Decision:
    url = (site.search or "").replace("{query}", quote(query, safe=""))
    return Decision("command", "exact", confidence, "search", query, url=url)


def _fits(entry: Entry, kind: Kind) -> bool:
    """An app is not a website; a site may well be called an app."""
    return kind != "site" or entry.kind == "site"


def _unknown(form: OpenForm, name: str) -> Decision | None:
    if not name or len(name) > _LONGEST_UNKNOWN_NAME:
        return None
    return Decision("unresolved", "unknown_name", target=name)
