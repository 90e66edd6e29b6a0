"""Understand a sentence: text in, `Understanding` out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from voice_assistant.commands.decision import Chat, Decision, Understanding
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.normalise import is_traditional, normalise, reworded
from voice_assistant.commands.opening import Opening, OpenRequests, Reading
from voice_assistant.commands.repeats import Mender, once
from voice_assistant.commands.searching import SearchRequests
from voice_assistant.commands.system import SystemRequests
from voice_assistant.commands.wordings.grammar import Grammar

# Characters. The longest request of the development sentences has 19: there is room for it said
# twice, with much around it. With 40 some searches that are said twice are lost, with 30 some
# requests (`benchmarks/thresholds.py`).
_LONGEST = 60
# Before punctuation and spaces are taken out, which may stand beside each character. What is longer
# is not even folded.
_LONGEST_AS_SAID = 4 * _LONGEST
_CHAT = Chat("no_wording")

_Read = Callable[[list[Reading]], Opening | None]


class Trace(NamedTuple):
    """Hold how an understanding came about.

    Attributes:
        sentence: the text, normalised; what was said twice in a row stands there once.
        cores: the sentence, then what was left each time a head was taken off, as far as it was
            read; the last one is the one understood if it is a command.
        understanding: what it asks for.
        readings: the ways in which each core can be read as a request to open something.
    """

    sentence: str
    cores: tuple[str, ...]
    understanding: Understanding
    readings: tuple[list[Reading], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Return what was looked for in the catalogue, each name once."""
        candidates = (pair for group in self.readings for _, pairs in group for pair in pairs)
        return tuple(dict.fromkeys(name for name, _ in candidates))


class Matcher:
    """Decide what a sentence asks for.

    A sentence is a command only if heads, a wording, a name and tails use up all of it, or if what
    is left after a name is more to do with it: questions, negations and stories about commands have
    other words left over and are chat.

    Args:
        grammar: the wordings.
        catalogue: the names.
        platform: `linux`, `windows` or `macos`: whose argument lists are wanted.
    """

    def __init__(self, grammar: Grammar, catalogue: Catalogue, platform: str) -> None:
        self._grammar = grammar
        self._system = SystemRequests(grammar, catalogue, platform)
        self._searches = SearchRequests(grammar, catalogue)
        self._opens = OpenRequests(grammar, catalogue, platform)
        self._mend = Mender(grammar.opening.verbs).mend

    def decide(self, text: str) -> Understanding:
        """Return what `text` asks for; never raises, whatever it is."""
        return self.trace(text).understanding

    def trace(self, text: str) -> Trace:
        """Return what `text` asks for, and how that was found."""
        sentence = normalise(text[: _LONGEST_AS_SAID + 1])
        if not sentence:
            return Trace(sentence, (), Understanding(text, (Chat("empty"),)))
        if len(text) > _LONGEST_AS_SAID or len(sentence) > _LONGEST:
            return Trace(sentence, (), Understanding(text, (Chat("too_long"),)))
        trace = self._read(sentence, text, normalise)
        understanding = trace.understanding
        whole = understanding.is_command and understanding.remainder is None
        if not whole and is_traditional(text):
            again = self._read(reworded(text), text, reworded)
            if again.understanding.is_command or not understanding.is_command:
                return again
        return trace

    def _read(self, sentence: str, text: str, fold: Callable[[str], str]) -> Trace:
        sentence = once(sentence)
        cores: list[str] = []
        plain: list[list[Reading]] = []

        def found(decision: Decision, remainder: str | None = None) -> Trace:
            understanding = Understanding(text, (decision,), remainder)
            return Trace(sentence, tuple(cores), understanding, tuple(plain))

        for core in self._grammar.politeness.without_heads(sentence):
            cores.append(core)
            if self._grammar.tells_or_asks(core, heads=sentence[: -len(core)]):
                return Trace(sentence, tuple(cores), Understanding(text, (_CHAT,)))
            plain.append(self._opens.readings(core))
            asked = self._system.read(core, text, fold) or self._searches.read(core, text, fold)
            if asked:
                return found(asked)
            if opening := self._opens.exact(plain[-1]):
                return found(*opening)
        return found(*(self._less_surely(sentence, plain) or (_CHAT, None)))

    def _less_surely(self, sentence: str, plain: list[list[Reading]]) -> Opening | None:
        """Return what a sentence without an exact name asks to open, the surest pass first."""
        mended = [
            self._opens.readings(core)
            for shorter in self._mend(sentence)
            for core in self._grammar.politeness.without_heads(shorter)
        ]
        opens = self._opens
        passes: list[tuple[list[list[Reading]], _Read]] = [
            (mended, opens.exact),
            (plain, lambda readings: opens.by_sound(readings, near=True)),
            (mended, lambda readings: opens.by_sound(readings, near=False)),
            (plain, lambda readings: opens.going_on(readings, by_sound=False)),
            (mended, lambda readings: opens.going_on(readings, by_sound=False)),
            (plain, lambda readings: opens.going_on(readings, by_sound=True)),
            (plain, opens.unknown),
        ]
        found = (read(readings) for group, read in passes for readings in group if readings)
        return next(filter(None, found), None)
