"""Recognise the wordings that ask to open something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from voice_assistant.commands.decision import Kind
from voice_assistant.commands.wordings.patterns import Prefix, Suffix, any_of
from voice_assistant.commands.wordings.politeness import Politeness

# Characters that are said before the speaker begins anew: 打开V打开微信, 打开库打开酷狗音乐. No
# value from 1 to 8 changes what is understood of the development sentences
# (`benchmarks/thresholds.py`).
_LONGEST_RESTART = 4
_DIGITS = frozenset("0123456789零一二三四五六七八九")


class OpenForm(NamedTuple):
    """Hold one way to read a sentence that asks to open something.

    Attributes:
        rest: the name, perhaps with fillers before and nouns and tails after it.
        weak: whether the wording alone does not show that it is a command.
        prefers: the kind that is meant if an app and a site have the name.
        only: whether no other kind will do.
        may_go_on: whether more may follow the name: 打开微信发消息.
    """

    rest: str
    weak: bool
    prefers: Kind = None
    only: bool = False
    may_go_on: bool = False


class OpenWordings:
    """Take sentences that ask to open something apart; know no names.

    Args:
        data: the table `[open]` of `data/grammar.toml`, expanded.
        politeness: what may stand around it.
    """

    def __init__(self, data: Mapping[str, Any], politeness: Politeness) -> None:
        self._politeness = politeness
        self._weak_tail = Suffix(data["weak_tails"])
        self._filler = Prefix(data["fillers"])
        self._telling = Prefix(data["telling"])
        self._app_noun = Suffix(data["app_nouns"])
        self._site_noun = Suffix(data["site_nouns"])
        self._said_noun = Prefix(data["called"])
        self._verb = Prefix(data["verbs"])
        self._site_verb = Prefix(data["site_verbs"])
        self._only_sites = Prefix(data["only_site_verbs"])
        self._weak_verb = Prefix([*data["weak_verbs"], *data["heard_as"]])
        self._object_mark = Prefix(data["object_marks"])
        self._verb_inside = re.compile(any_of(data["verbs"]))
        self._last_verb = Suffix(data["last_verbs"])
        self._before_last = Suffix(data["before_last"])
        again = [verb for verb in data["verbs"] if len(verb) > 1 and not verb.isascii()]
        self._again = re.compile(any_of(again))
        self._everyday = frozenset(data["everyday"])
        self._switched = frozenset(data["switched"])
        self._goes_on = Prefix(data["then"])
        self._trails_off = frozenset(data["trailing"])
        self._no_action = re.compile(any_of(data["then_not"]))
        self._product = re.compile(
            f"(?:{any_of(data['products'])})(?:{any_of(data['editions'])})?$"
        )
        self.verbs = frozenset([*data["verbs"], *data["site_verbs"], *data["only_site_verbs"]])

    def is_everyday(self, sentence: str) -> bool:
        """Return whether a sentence begins with an everyday verb only: 去, 看."""
        return bool(self._weak_verb.of(sentence)) and not self._strong(sentence)

    def suggests(self, core: str) -> bool:
        """Return whether a sentence ends as one that suggests something does: 去B站看看."""
        return bool(self._weak_tail.of(core))

    def forms(self, sentence: str) -> Iterator[OpenForm]:
        """Yield the ways to read a sentence without heads as a request to open something."""
        # A shorter word than the longest may be meant: 打开下载文件夹 has no 打开下, 把我的世界打开
        # no 把我, 把米哈游启动器打开 no verb 启动. That is weak, since it takes a name to tell.
        if self._object_mark.of(sentence):
            for number, rest in enumerate(self._objects(sentence)):
                yield from self._forms(rest, weak=number > 0)
        for number, verb in enumerate(self._verb.every(sentence)):
            yield from self._forms(sentence[len(verb) :], weak=number > 0, may_go_on=True)
        for number, verb in enumerate(self._site_verb.every(sentence)):
            yield from self._forms(sentence[len(verb) :], weak=number > 0, prefers="site")
        for number, verb in enumerate(self._only_sites.every(sentence)):
            rest = sentence[len(verb) :]
            yield from self._forms(rest, weak=number > 0, prefers="site", only=True)
        for verb in self._weak_verb.every(sentence):
            yield from self._forms(sentence[len(verb) :], weak=True)
        for core in self._politeness.without_tails(sentence):
            if last := self._last_verb.of(core):
                name = self._without_before_last(core[: -len(last)])
                if name and name not in self._switched:
                    yield OpenForm(name, weak=True)

    def _objects(self, sentence: str) -> Iterator[str]:
        """Yield what a sentence that begins with 把 has around its verb: 把微信打开一下."""
        for mark in self._object_mark.every(sentence):
            for match in self._verb_inside.finditer(sentence, len(mark)):
                name = self._without_before_last(sentence[len(mark) : match.start()])
                yield name + sentence[match.end() :]

    def _without_before_last(self, text: str) -> str:
        while word := self._before_last.of(text):
            text = text[: -len(word)]
        return text

    def restarts(self, rest: str) -> Iterator[OpenForm]:
        """Yield readings where the speaker began anew: 打开V打开微信, 打开抖音给我打开抖音."""
        for match in self._again.finditer(rest):
            first, again = rest[: match.start()], rest[match.end() :]
            if not again:
                yield OpenForm(first, weak=True)
            elif self._begins_anew(first, again):
                yield OpenForm(again, weak=True)

    def _begins_anew(self, first: str, again: str) -> bool:
        """Return whether what was said before the second verb is the name, its start or nothing."""
        if len(first) <= _LONGEST_RESTART and again.startswith(first):
            return True
        after = first[len(again) :] if first.startswith(again) else first
        return len(first) == 1 or self._politeness.is_all_heads(after)

    def _strong(self, sentence: str) -> bool:
        return any(verb.of(sentence) for verb in (self._verb, self._site_verb, self._only_sites))

    def _forms(
        self,
        rest: str,
        *,
        weak: bool = False,
        prefers: Kind = None,
        only: bool = False,
        may_go_on: bool = False,
    ) -> Iterator[OpenForm]:
        tells = bool(self._telling.of(rest))
        yield OpenForm(rest, weak or tells, prefers, only, may_go_on and not tells)
        for core in self._politeness.without_tails(rest):
            for tail in self._weak_tail.every(core):
                yield OpenForm(core[: -len(tail)], weak=True, prefers=prefers, only=only)

    def names(self, rest: str) -> Iterator[tuple[str, Kind]]:
        """Yield what may be the name in `OpenForm.rest`, longest first, and what it was called."""
        for core in self._politeness.without_tails(rest):
            for name in self.without_fillers(core):
                yield from self._nouns(name)

    def without_fillers(self, text: str) -> Iterator[str]:
        """Yield the text, then with one more filler taken off its front each time."""
        yield text
        while (filler := self._filler.of(text)) and len(filler) < len(text):
            text = text[len(filler) :].lstrip()
            yield text

    def _nouns(self, core: str) -> Iterator[tuple[str, Kind]]:
        yield core, None
        if (noun := self._app_noun.of(core)) and noun != core:
            yield core[: -len(noun)].rstrip(), "app"
        if (noun := self._site_noun.of(core)) and noun != core:
            yield core[: -len(noun)].rstrip(), "site"

    def is_question(self, text: str) -> bool:
        """Return whether a text asks, tells or complains: 叫什么好, 就闪退."""
        return bool(self._no_action.search(text))

    def without_noun(self, more: str) -> str:
        """Return what follows a name, without what the name was called: 微信软件发消息."""
        noun = self._said_noun.of(more) or ""
        return more[len(noun) :].lstrip() or more

    def may_follow(self, name: str, more: str) -> bool:
        """Return whether what follows a name leaves it a name, and asks for something to do there.

        打开微信发消息 wants 微信; 打开短信提示音 a setting, 打开微信输入法 another app, and
        打开微信就闪退 complains.

        Args:
            name: normalised.
            more: what follows it.
        """
        if more in self._trails_off:
            return True
        if name[-1:].isascii() and more[0] in _DIGITS:
            return False
        goes_on = self._goes_on.of(more)
        if self._no_action.search(more, len(goes_on or "")):
            return False
        if self._product.match(more):
            return False
        if self._politeness.told_part(more) is not None:
            return False
        # English needs its `and`.
        return not more.isascii() or goes_on is not None

    def is_everyday_before(self, names: Iterable[str], more: str) -> bool:
        """Return whether one of the names is that of an everyday thing, and more of it follows.

        Nobody who says 打开音乐李白 means the app 音乐.

        Args:
            names: all that the entry is called, normalised.
            more: what follows its name.
        """
        if more in self._trails_off or self._goes_on.of(more):
            return False
        return not self._everyday.isdisjoint(names)
