"""Find the entry that a sentence asks to open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voice_assistant.commands.decision import Decision, Kind, OpenApp, OpenSite, Unresolved
from voice_assistant.commands.names.catalogue import Catalogue, Found
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.normalise import key
from voice_assistant.commands.wordings.grammar import Grammar
from voice_assistant.commands.wordings.opening import OpenForm

# All in characters; `benchmarks/thresholds.py` prints what other values give.
# What is longer after 打开 is mostly no name but a sentence. With 4 three in four of the unknown
# names are reported, and half as many chat sentences are answered with a question; with 12 five
# names more, and 24 chat sentences.
_LONGEST_UNKNOWN_NAME = 8
# No name is as long as what is chatted after 去 and 看. With 15 the first requests are lost; 20 to
# 60 give the same.
_LONGEST_REST = 30
# The longest Chinese names that are asked for. With 4 the first requests are lost, and each
# character more is one more search.
_LONGEST_BY_SOUND = 8
# What follows a name that is only known by its sound: 打开威信发消息. With 4 two in a hundred of
# the damaged requests are lost, with 12 one more chat sentence launches something.
_MOST_AFTER_SOUND = 8
_LATIN = re.compile(r"[a-z0-9]")

Reading = tuple[OpenForm, tuple[tuple[str, Kind], ...]]
"""A way to read a sentence, and what may be the name in it, longest first."""

Opening = tuple[Decision, str | None]
"""What is to be opened, and what was said after the name and is not done."""


class OpenRequests:
    """Understand 打开X and the like.

    Args:
        grammar: the wordings.
        catalogue: the names.
        platform: `linux`, `windows` or `macos`: whose argument lists are wanted.
    """

    def __init__(self, grammar: Grammar, catalogue: Catalogue, platform: str) -> None:
        self._wordings = grammar.opening
        self._politeness = grammar.politeness
        self._catalogue = catalogue
        self._platform = platform

    def readings(self, core: str) -> list[Reading]:
        """Return the ways to read a sentence without heads as a request to open something."""
        return [self._reading(form) for form in self._wordings.forms(core)]

    def _reading(self, form: OpenForm) -> Reading:
        # No name is as long as what is chatted after 去 and 看.
        short = len(form.rest) <= _LONGEST_REST
        return form, tuple(self._wordings.names(form.rest)) if short else ()

    def exact(self, readings: list[Reading]) -> Opening | None:
        """Return what is to be opened, if a name stands there as it is in the catalogue."""
        return self._exact(readings) or self._exact(self._restarts(readings))

    def by_sound(self, readings: list[Reading], *, near: bool) -> Opening | None:
        """Return what is to be opened, if something sounds like a name of the catalogue.

        Args:
            readings: of one sentence.
            near: whether nearly the same will do.
        """
        for form, candidates in readings:
            for name, kind in candidates:
                found = self._catalogue.find(
                    name, kind or form.prefers, near=near and not form.weak
                )
                if found and _fits(found, form, kind):
                    return self._opening(found, kind or form.prefers)
        return None

    def going_on(self, readings: list[Reading], *, by_sound: bool) -> Opening | None:
        """Return what is to be opened before more is done with it: 打开微信发消息.

        Args:
            readings: of one sentence.
            by_sound: whether to go by the sound of the name.
        """
        for form, _ in readings:
            if not form.may_go_on:
                continue
            for text in self._wordings.without_fillers(form.rest):
                if not self._catalogue.may_begin(text, by_sound=by_sound):
                    continue
                for name, after in _beginnings(text, by_sound=by_sound):
                    found = self._sounding(name, after) if by_sound else self._exactly(name)
                    if not found:
                        continue
                    more = self._wordings.without_noun(after)
                    if not self._wordings.may_follow(name, more) or self._is_everyday(found, more):
                        return None
                    longer = None if by_sound else self._longer(text, name)
                    return longer or self._opening(found, None, more)
        return None

    def _sounding(self, name: str, more: str) -> Found | None:
        # Asked first, for it is the cheaper question.
        return self._catalogue.by_sound(name) if self._wordings.may_follow(name, more) else None

    def _is_everyday(self, found: Found, more: str) -> bool:
        names = (key(name) for entry in found.entries for name in entry.names)
        return self._wordings.is_everyday_before(names, more)

    def _longer(self, text: str, name: str) -> Opening | None:
        """Return what is to be opened if a longer name sounds like it: 酷狗因乐 is not 酷狗."""
        for longer, more in _beginnings(text, by_sound=False):
            if len(longer) <= len(name):
                break
            if len(longer) <= _LONGEST_BY_SOUND and (found := self._catalogue.by_sound(longer)):
                return self._opening(found, None, more)
        return None

    def unknown(self, readings: list[Reading]) -> Opening | None:
        """Return the name that is not known, if that is what the sentence lacks to be a command."""
        for form, candidates in readings:
            if not candidates or form.weak or self._politeness.asks(form.rest):
                continue
            name = candidates[-1][0]
            if not name:
                continue
            if len(name) <= _LONGEST_UNKNOWN_NAME or name.isascii():
                choices = self._catalogue.similar(name)
                return Unresolved(name, choices), None
        return None

    def _restarts(self, readings: list[Reading]) -> list[Reading]:
        return [
            self._reading(again)
            for form, _ in readings
            if form.may_go_on
            for again in self._wordings.restarts(form.rest)
        ]

    def _opening(self, found: Found, prefers: Kind, remainder: str | None = None) -> Opening:
        """Return the decision to open what was found, or to ask which."""
        if len(found.entries) > 1:
            names = tuple(entry.name for entry in found.entries)
            return Unresolved(None, names), None
        entry = found.entries[0]
        own = entry.of_user
        if entry.url is not None:
            app_first = prefers != "site" and not own
            site = OpenSite(found.level, entry.name, entry.names, entry.url, own, app_first)
            return site, remainder
        argvs = entry.commands.get(self._platform, ())
        app = OpenApp(found.level, entry.name, entry.names, argvs, own, self._site_of(entry))
        return app, remainder

    def _site_of(self, app: Entry) -> str | None:
        """Return the address of the site that has the name of a built-in app."""
        entries = () if app.of_user else self._catalogue.exact(app.name.lower(), "site")
        return entries[0].url if entries else None

    def _exactly(self, name: str, prefers: Kind = None) -> Found | None:
        entries = self._catalogue.exact(name, prefers)
        return Found(entries, "exact") if entries else None

    def _exact(self, readings: list[Reading]) -> Opening | None:
        for form, candidates in readings:
            for name, kind in candidates:
                found = self._exactly(name, kind or form.prefers)
                if found and _fits(found, form, kind):
                    return self._opening(found, kind or form.prefers)
        return None


def _beginnings(text: str, *, by_sound: bool) -> Iterator[tuple[str, str]]:
    """Yield what may be a name at the start of a text, longest first, and what follows it."""
    longest, shortest = len(text) - 1, 2
    if by_sound:
        longest, shortest = min(longest, _LONGEST_BY_SOUND), max(2, len(text) - _MOST_AFTER_SOUND)
    for end in range(longest, shortest - 1, -1):
        if not (_LATIN.match(text[end - 1]) and _LATIN.match(text[end])):
            yield text[:end].rstrip(), text[end:].lstrip()


def _fits(found: Found, form: OpenForm, kind: Kind) -> bool:
    """Return whether what was found may be called so: a site an app, but no app a website."""
    wants_site = kind == "site" or form.only
    return not wants_site or all(entry.kind == "site" for entry in found.entries)
