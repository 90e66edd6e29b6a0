"""Recognise the wordings that ask for something of the computer itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from voice_assistant.commands.sound import readings, readings_of, syllables
from voice_assistant.commands.wordings.patterns import Prefix, Suffix, any_of


@dataclass(frozen=True, slots=True)
class SystemWording:
    """Hold what a whole sentence that asks for a system action means."""

    name: str
    value: str | None = None
    confirm: bool = False


class SystemWordings:
    """Understand system actions; know no names of apps.

    Args:
        data: the content of `data/grammar.toml`, expanded.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        volume, closing, folder = data["volume"], data["close"], data["folder"]
        self.meanings: Mapping[str, SystemWording] = {
            wording: SystemWording(row["name"], row.get("value"), row.get("confirm", False))
            for row in data["system"]
            for wording in (*row["wordings"], *row.get("heard_as", ()))
        }
        self._sounds = {
            sounds: meaning
            for wording, meaning in self.meanings.items()
            if not wording.isascii()
            for sounds in readings(wording, syllables(wording))
        }
        self._first_sounds = {(len(sounds), sounds[0]) for sounds in self._sounds}
        self._volume_what = Prefix(volume["what"])
        self._volume = re.compile(
            f"(?:{any_of(volume['how'])})"
            f"(?:{any_of(volume['percent_before'])})?"
            f"(?P<number>\\d{{1,3}}|[零〇一二两三四五六七八九十百]{{1,4}})"
            f"(?:{any_of(volume['percent_after'])})?$"
        )
        self._close = Prefix(closing["verbs"])
        self._object_mark = Prefix(closing["object_marks"])
        self._close_last = Suffix([*closing["verbs"], *map("给我{}".format, closing["verbs"])])
        self._folder_start = Prefix([*folder["where"], *folder["verbs"]])
        self._folder = re.compile(
            f"(?:{any_of(folder['where'])})?(?:{any_of(folder['verbs'])})(?:{any_of(folder['what'])})"
            f"(?:(?:{any_of(folder['called'])})(?P<name>.+))?$"
        )

    def exact(self, sentence: str) -> SystemWording | None:
        """Return the action that a whole sentence asks for."""
        if meaning := self.meanings.get(sentence):
            return meaning
        if (percentage := self.volume(sentence)) is not None:
            return SystemWording("音量", str(percentage))
        return None

    def folder(self, sentence: str) -> str | None:
        """Return the name, perhaps empty, of the folder to make; `None` if none is asked for."""
        if not self._folder_start.of(sentence):
            return None
        match = self._folder.match(sentence)
        return (match["name"] or "") if match else None

    def by_sound(self, sentence: str) -> SystemWording | None:
        """Return the action whose wording has just the sound of the sentence."""
        if (len(sentence), readings_of(sentence[0])[0]) not in self._first_sounds:
            return None
        return self._sounds.get(tuple(readings_of(character)[0] for character in sentence))

    def closed(self, sentence: str) -> Iterator[str]:
        """Yield what a sentence may ask to close, longest first."""
        for verb in self._close.every(sentence):
            if verb != sentence:
                yield sentence[len(verb) :]
        if last := self._close_last.of(sentence):
            for mark in self._object_mark.every(sentence):
                yield sentence[len(mark) : -len(last)]

    def volume(self, sentence: str) -> int | None:
        """Return the percentage that a sentence sets the volume to, if it does; none above 100."""
        what = self._volume_what.of(sentence)
        match = self._volume.match(sentence, len(what)) if what else None
        if not match:
            return None
        number = int(match["number"]) if match["number"].isdecimal() else _number(match["number"])
        return number if number is not None and number <= 100 else None


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2}


def _number(hanzi: str) -> int | None:
    """Return 零…一百 as a number, also digit by digit (五零); `None` if it is not one."""
    if hanzi in {"百", "一百"}:
        return 100
    if "百" in hanzi:
        return None
    tens, ten, ones = hanzi.rpartition("十")
    if not ten:
        digits = [_DIGITS[character] for character in hanzi]
        if len(digits) > 1 and not digits[0]:
            return None
        return int("".join(map(str, digits)))
    left = _DIGITS.get(tens) if tens else 1
    right = _DIGITS.get(ones) if ones else 0
    return None if left is None or right is None else 10 * left + right
