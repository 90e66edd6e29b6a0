"""Sentence in, `Decision` out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from voice_assistant.commands.catalogue import CONFIDENCE, Catalogue, Found, Level
from voice_assistant.commands.decision import Decision
from voice_assistant.commands.entry import Entry
from voice_assistant.commands.grammar import Grammar, Kind, OpenForm, SystemWording
from voice_assistant.commands.normalise import normalise
from voice_assistant.commands.sound import syllables

_LONGEST = 60
_LONGEST_AS_SAID = 4 * _LONGEST
_LONGEST_UNKNOWN_NAME = 8
_OPENING = "《〈「『【“‘（(\"'"
_REPEATED = re.compile(r"^(.{2,}?)\1+$")
_CHAT = Decision("chat", "no_wording")


@dataclass(frozen=True, slots=True)
class Trace:
    """How a decision came about.

    Attributes:
        sentence: the text, normalised; what was said twice in a row stands there once.
        cores: the sentence, then what was left each time a head was taken off, as far as was looked
            at; the last one is the one understood if it is a command.
        decision: what it asks for.
    """

    sentence: str
    cores: tuple[str, ...]
    decision: Decision


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
        self._longest_system = max(map(len, self._system_sounds), default=0)
        self._verb_sounds = {syllables(verb) for verb in grammar.verbs if len(verb) == 2}

    def decide(self, text: str) -> Decision:
        """What `text` asks for; never raises, whatever it is."""
        return self.trace(text).decision

    def trace(self, text: str) -> Trace:
        """What `text` asks for, and how that was found."""
        sentence = normalise(text[: _LONGEST_AS_SAID + 1])
        if not sentence:
            return Trace(sentence, (), Decision("chat", "empty"))
        if len(text) > _LONGEST_AS_SAID or len(sentence) > _LONGEST:
            return Trace(sentence, (), Decision("chat", "too_long"))
        if match := _REPEATED.match(sentence):
            sentence = match[1].rstrip()
        if self._grammar.tells_or_asks(sentence):
            return Trace(sentence, (sentence,), _CHAT)
        unresolved: Decision | None = None
        cores = []
        for core in self._grammar.without_heads(sentence):
            cores.append(core)
            decision = self._system(core) or self._search(core, text) or self._open(core)
            if decision and decision.is_command:
                return Trace(sentence, tuple(cores), decision)
            unresolved = unresolved or decision
        return Trace(sentence, tuple(cores), unresolved or _CHAT)

    def _system(self, core: str) -> Decision | None:
        for wording in self._grammar.without_tails(core):
            meaning = self._grammar.system.get(wording)
            level = 1.0
            if meaning is None and len(wording) <= self._longest_system:
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
                return _searching(found.entries[0], as_said(query, text), found.level)
        plain = self._grammar.search_query(core)
        if plain is None:
            return None
        query, named = plain
        site = self._catalogue.exact(normalise(named)) if named else self._catalogue.search_site()
        if not site or not site.search or len(query) < 2:
            return None
        return _searching(site, as_said(query, text), "exact")

    def _open(self, core: str) -> Decision | None:
        readings = [(form, list(self._grammar.names(form.rest))) for form in self._open_forms(core)]
        for _, candidates in readings:
            for name, kind in candidates:
                if (entry := self._catalogue.exact(name)) and _fits(entry, kind):
                    return self._opening(Found((entry,), "exact"))
        unknown: Decision | None = None
        for form, candidates in readings:
            for name, kind in candidates:
                found = self._catalogue.find(name, near=not form.weak)
                if found and all(_fits(entry, kind) for entry in found.entries):
                    return self._opening(found)
            if not (form.weak or unknown or self._grammar.asks(form.rest)):
                unknown = _unknown(candidates[-1][0])
        return unknown

    def _open_forms(self, core: str) -> Iterator[OpenForm]:
        yield from self._grammar.open_forms(core)
        verb = core[:2]
        if verb not in self._grammar.verbs and syllables(verb) in self._verb_sounds:
            yield OpenForm(core[2:], weak=True)

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
            own=entry.of_user,
            url=entry.url,
        )


def as_said(query: str, text: str) -> str:
    """The end of `text` whose normalised form is `query`, so that it is searched as it was said.

    What cannot be printed counts as a space: half of a surrogate pair fits into no address.
    """
    text = "".join(character if character.isprintable() else " " for character in text)
    for start in range(len(text) - 1, -1, -1):
        ending = text[start:]
        if normalise(ending) == query and not ending[0].isspace():
            if start and text[start - 1] in _OPENING:
                ending = text[start - 1 :]
            return " ".join(ending.split()).rstrip("。！？.!?，, ")
    return query


def _searching(site: Entry, query: str, level: Level) -> Decision:
    url = (site.search or "").replace("{query}", quote(query, safe=""))
    return Decision("command", level, CONFIDENCE[level], "search", query, url=url)


def _fits(entry: Entry, kind: Kind) -> bool:
    """An app is not a website; a site may well be called an app."""
    return kind != "site" or entry.kind == "site"


def _unknown(name: str) -> Decision | None:
    if not name or len(name) > _LONGEST_UNKNOWN_NAME:
        return None
    return Decision("unresolved", "unknown_name", target=name)
