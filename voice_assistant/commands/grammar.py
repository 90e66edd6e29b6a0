"""The wordings of `data/grammar.toml`, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["app", "site"] | None
"""What a name was called: 微信软件, 百度网站; `None` if it was not said."""


@dataclass(frozen=True, slots=True)
class SystemWording:
    """What a whole sentence that asks for a system action means."""

    name: str
    value: str | None
    confirm: bool


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A sentence that asks to open something.

    Attributes:
        rest: the name, perhaps with fillers before and nouns and tails after it.
        weak: whether the wording alone does not show that it is a command.
    """

    rest: str
    weak: bool


class Grammar:
    """Takes sentences apart; knows no names.

    Args:
        data: the content of `data/grammar.toml`.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        form, search, volume = data["open"], data["search"], data["volume"]
        self._head = _prefix(data["heads"])
        self._tail = _suffix(data["tails"])
        self._question = _suffix(data["questions"])
        self._sentence_telling = frozenset(data["telling"])
        self._weak_tail = _suffix(form["weak_tails"])
        self._filler = _prefix(form["fillers"])
        self._telling = tuple(form["telling"])
        self._app_noun = _suffix(form["app_nouns"])
        self._site_noun = _suffix(form["site_nouns"])
        self._verb = _prefix([*form["verbs"], *form["site_verbs"]])
        self._weak_verb = _prefix([*form["weak_verbs"], *form["heard_as"]])
        self._object = re.compile(
            f"^(?:{_any(form['object_marks'])})(?P<rest>.+?)(?:给我)?(?:{_any(form['verbs'])})"
        )
        self.verbs: frozenset[str] = frozenset([*form["verbs"], *form["site_verbs"]])

        self._search_verb = _prefix(search["verbs"])
        self._search_not_verb = _prefix(search["not_verbs"])
        self._search_not_query = tuple(search["not_queries"])
        self._search_filler = _prefix(search["fillers"])
        self._search_site = re.compile(
            f"^(?:(?:{_any(search['site_marks'])}))?(?P<site>.+?)(?:{_any(search['site_ends'])})*"
            f"(?=(?P<verb>{_any(search['verbs_with_site'])}))(?P=verb)(?:{_any(search['fillers'])})?(?P<query>.+)$"
        )
        self._search_site_after = re.compile(
            f"^(?P<query>.+)(?:{_any(search['site_after'])})(?P<site>.+)$"
        )
        self._search_named: Mapping[str, str] = search["named"]

        self.system: Mapping[str, SystemWording] = {
            wording: SystemWording(row["name"], row.get("value"), row.get("confirm", False))
            for row in data["system"]
            for wording in (*row["wordings"], *row.get("heard_as", ()))
        }
        self._volume = re.compile(
            f"^(?:{_any(volume['what'])})(?:{_any(volume['how'])})(?:{_any(volume['percent_before'])})?"
            f"(?P<number>\\d{{1,3}}|[零〇一二两三四五六七八九十百]{{1,4}})(?:{_any(volume['percent_after'])})?$"
        )

    def tells_or_asks(self, sentence: str) -> bool:
        """Whether an everyday verb or a system action is only spoken of: 到百度了, 关机吗."""
        tail = self._tail.search(sentence)
        if tail is None or tail[0] not in self._sentence_telling:
            return False
        if sentence[: tail.start()] in self.system:
            return tail[0] == "吗"
        return bool(self._weak_verb.match(sentence)) and not self._verb.match(sentence)

    def asks(self, sentence: str) -> bool:
        """Whether a sentence asks if something has been done: 打开微信了吗."""
        return bool(self._question.search(sentence))

    def without_heads(self, sentence: str) -> Iterator[str]:
        """The sentence, then with one more politeness or filler taken off its front each time."""
        yield sentence
        while (match := self._head.match(sentence)) and match.end() < len(sentence):
            sentence = sentence[match.end() :].lstrip()
            yield sentence

    def without_tails(self, sentence: str) -> Iterator[str]:
        """The sentence, then with one more particle or thanks taken off its end each time."""
        yield sentence
        while not self.asks(sentence):
            match = self._tail.search(sentence)
            if match is None or match.start() == 0:
                break
            sentence = sentence[: match.start()].rstrip()
            yield sentence

    def open_forms(self, sentence: str) -> Iterator[OpenForm]:
        """The ways to read a sentence without heads as a wish to open something."""
        if match := self._object.match(sentence):
            yield from self._forms(match["rest"] + sentence[match.end() :], weak=False)
        if match := self._verb.match(sentence):
            yield from self._forms(sentence[match.end() :], weak=False)
        if match := self._weak_verb.match(sentence):
            yield from self._forms(sentence[match.end() :], weak=True)

    def _forms(self, rest: str, *, weak: bool) -> Iterator[OpenForm]:
        yield OpenForm(rest, weak or rest.startswith(self._telling))
        for core in self.without_tails(rest):
            if tail := self._weak_tail.search(core):
                yield OpenForm(core[: tail.start()], weak=True)

    def names(self, rest: str) -> Iterator[tuple[str, Kind]]:
        """What may be the name in `OpenForm.rest`, longest first, and what it was called."""
        for core in self.without_tails(rest):
            name = core
            yield from self._nouns(name)
            while (match := self._filler.match(name)) and match.end() < len(name):
                name = name[match.end() :].lstrip()
                yield from self._nouns(name)

    def _nouns(self, core: str) -> Iterator[tuple[str, Kind]]:
        yield core, None
        if (match := self._app_noun.search(core)) and match.start() > 0:
            yield core[: match.start()].rstrip(), "app"
        if (match := self._site_noun.search(core)) and match.start() > 0:
            yield core[: match.start()].rstrip(), "site"

    def search_query(self, sentence: str) -> tuple[str, str | None] | None:
        """The query of a sentence that begins with a search verb, and the site named by it."""
        if self._search_not_verb.match(sentence):
            return None
        if not (match := self._search_verb.match(sentence)):
            return None
        query = sentence[match.end() :].strip()
        if filler := self._search_filler.match(query):
            query = query[filler.end() :]
        if query.startswith(self._search_not_query):
            return None
        return query, self._search_named.get(match[0])

    def site_searches(self, sentence: str) -> Iterator[tuple[str, str]]:
        """Pairs of a would-be site and a query: 在B站搜原神, search cats on youtube."""
        match = self._search_site.match(sentence)
        if match and not match["query"].startswith(self._search_not_query):
            yield match["site"], match["query"]
        plain = self.search_query(sentence)
        if plain and (match := self._search_site_after.match(plain[0])):
            yield match["site"], match["query"]

    def volume(self, sentence: str) -> int | None:
        """The percentage that a sentence sets the volume to, if it does; above 100 is not one."""
        if not (match := self._volume.match(sentence)):
            return None
        number = int(match["number"]) if match["number"].isdecimal() else _number(match["number"])
        return number if number is not None and number <= 100 else None


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2}


def _number(hanzi: str) -> int | None:
    """零…一百 as a number; `None` if it is not one."""
    if hanzi in {"百", "一百"}:
        return 100
    if "百" in hanzi:
        return None
    tens, ten, ones = hanzi.rpartition("十")
    if not ten:
        return _DIGITS.get(hanzi)
    left = _DIGITS.get(tens) if tens else 1
    right = _DIGITS.get(ones) if ones else 0
    return None if left is None or right is None else 10 * left + right


def _any(words: Iterable[str]) -> str:
    return "|".join(_spaced(word) for word in sorted(words, key=len, reverse=True))


def _spaced(word: str) -> str:
    # `normalise` leaves no space between Latin and Chinese: open微信please.
    before = "(?: |(?<=[^\\x00-\\x7f]))" if word.startswith(" ") else ""
    after = "(?: |(?=[^\\x00-\\x7f]))" if word.endswith(" ") else ""
    return before + re.escape(word.strip()) + after


def _prefix(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"^(?:{_any(words)})")


def _suffix(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{_any(words)})$")
