"""Measure how much understanding survives a recogniser: `python -m benchmarks.damage FILE.tsv`.

The file is one of those that `benchmarks.intent` takes; `--commands commands.toml` puts a user's
file on top of the built-in catalogue. Every sentence is damaged in each of the ways below, always
the same way (the random choices are seeded). Printed for each way: of the requests with a target
that open it undamaged and can be damaged so, how many still open it, and how many chat sentences
launch an app or a site that do not undamaged. `--mistakes WAY` lists those of one way.

Homophones come from pypinyin's readings of the 3,755 most common characters (GB 2312, level 1).
Near sounds exchange the initials and finals that SIGHAN-2013's similar-pronunciation table takes
for near: n/l, z/zh, c/ch, s/sh, d/t, g/k, j/q/x, f/h, y/w; en/eng/ang, in/ing/iang, ao/ou, iao/iu,
un/ong/uang.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import opencc
from pypinyin import Style, pinyin

from benchmarks.intent import Request, described, read_requests
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.names.entry import this_platform

Damage = Callable[[Request, random.Random], str | None]
"""A damaged sentence, or `None` where that damage is not possible."""

_NEAR = (
    ("n", "l"), ("z", "zh"), ("c", "ch"), ("s", "sh"), ("d", "t"), ("g", "k"), ("j", "q"),
    ("j", "x"), ("q", "x"), ("f", "h"),
)  # fmt: skip
_NEAR_FINALS = (
    ("en", "eng"), ("eng", "ang"), ("in", "ing"), ("ing", "iang"), ("ao", "ou"), ("iao", "iu"),
    ("un", "ong"), ("ong", "uang"),
)  # fmt: skip
_NEAR_WHOLE = (("yu", "wu"), ("yun", "wen"), ("yuan", "wan"), ("yong", "wang"), ("you", "yao"))
_INITIAL = re.compile("zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]|")
_FILLERS = ("嗯", "呃", "那个", "请", "麻烦你", "帮我", "就是", "好", "啊")
_PARTICLES = ("吧", "啊", "呀", "呢", "哦", "嘛", "啦", "一下", "谢谢", "好吗")
_VERB = re.compile("打开|启动|运行|开启|访问|进入|浏览|登录")
_DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_HANZI = {hanzi: digit for digit, hanzi in _DIGITS.items()}


@cache
def _characters() -> tuple[str, ...]:
    level_1 = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return tuple(code.decode("gb2312", errors="ignore") for code in level_1)


@cache
def _by_sound(style: Style) -> dict[str, list[str]]:
    groups = defaultdict(list)
    for character in filter(None, _characters()):
        groups[pinyin(character, style=style)[0][0]].append(character)
    return groups


def _sound(character: str, style: Style) -> str:
    return pinyin(character, style=style)[0][0]


def _near(sound: str) -> list[str]:
    match = _INITIAL.match(sound)
    initial = match[0] if match else ""
    final = sound[len(initial) :]
    initials = [b for pair in _NEAR for a, b in (pair, pair[::-1]) if a == initial]
    finals = [b for pair in _NEAR_FINALS for a, b in (pair, pair[::-1]) if a == final]
    whole = [b for pair in _NEAR_WHOLE for a, b in (pair, pair[::-1]) if a == sound]
    return [*whole, *(other + final for other in initials), *(initial + other for other in finals)]


def _replace_in(
    text: str, part: str, candidates: Callable[[str], list[str]], rng: random.Random
) -> str | None:
    start = text.lower().find(part.lower())
    if not part or start < 0:
        return None
    places = [
        (start + index, [other for other in candidates(character) if other != character])
        for index, character in enumerate(part)
        if "\u4e00" <= character <= "\u9fff"
    ]
    places = [(place, others) for place, others in places if others]
    if not places:
        return None
    place, others = rng.choice(places)
    return text[:place] + rng.choice(others) + text[place + 1 :]


def _same_tone(character: str) -> list[str]:
    return _by_sound(Style.TONE3)[_sound(character, Style.TONE3)]


def _any_tone(character: str) -> list[str]:
    return _by_sound(Style.NORMAL)[_sound(character, Style.NORMAL)]


def _near_sound(character: str) -> list[str]:
    sounds = _by_sound(Style.NORMAL)
    return [
        other for near in _near(_sound(character, Style.NORMAL)) for other in sounds.get(near, [])
    ]


def _verb(request: Request) -> str:
    match = _VERB.search(request.text)
    return match[0] if match else ""


def _after_verb(request: Request, between: str) -> str | None:
    match = _VERB.search(request.text)
    return request.text[: match.end()] + between + request.text[match.end() :] if match else None


def _in_target(request: Request, change: Callable[[str], str]) -> str | None:
    start = request.text.lower().find(request.target.lower())
    if not request.target or start < 0:
        return None
    end = start + len(request.target)
    return request.text[:start] + change(request.text[start:end]) + request.text[end:]


def _changed(text: str, new: str) -> str | None:
    return new if new != text else None


def _spaced(text: str) -> str:
    return re.sub("(?<=[A-Za-z])(?=[A-Za-z])", " ", text)


def _beside(text: str) -> str:
    return re.sub(
        "(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])", " ", text
    )


def _table(text: str, table: dict[str, str]) -> str | None:
    return _changed(text, "".join(table.get(character, character) for character in text))


def _script(name: str) -> Damage:
    converter = opencc.OpenCC(name)
    return lambda request, _: _changed(request.text, converter.convert(request.text))


def _ending(mark: str) -> Damage:
    return lambda request, _: request.text.rstrip("。！？.!?，,") + mark


DAMAGES: dict[str, Damage] = {
    "homophone in name, same tone": lambda r, rng: _replace_in(r.text, r.target, _same_tone, rng),
    "homophone in name, any tone": lambda r, rng: _replace_in(r.text, r.target, _any_tone, rng),
    "near sound in name": lambda r, rng: _replace_in(r.text, r.target, _near_sound, rng),
    "homophone in verb": lambda r, rng: _replace_in(r.text, _verb(r), _any_tone, rng),
    "traditional, s2t": _script("s2t"),
    "traditional, s2twp": _script("s2twp"),
    "。 at the end": _ending("。"),
    "！ at the end": _ending("！"),
    "？ at the end": _ending("？"),
    ". at the end": _ending("."),
    "， at the end": _ending("，"),
    "comma after the verb": lambda r, _: _after_verb(r, "，"),
    "filler in front": lambda r, rng: rng.choice(_FILLERS) + r.text,
    "particle at the end": lambda r, rng: r.text.rstrip("。！？.!?，,") + rng.choice(_PARTICLES),
    "said twice": lambda r, _: r.text + r.text,
    "name said twice": lambda r, _: _in_target(r, lambda name: name * 2),
    "stutter at the start": lambda r, _: r.text[0] + r.text,
    "stutter in the name": lambda r, _: _in_target(r, lambda name: name[0] + name),
    "capitals": lambda r, _: _changed(r.text, r.text.upper()),
    "small letters": lambda r, _: _changed(r.text, r.text.lower()),
    "letters spaced": lambda r, _: _changed(r.text, _spaced(r.text)),
    "space beside Latin": lambda r, _: _changed(r.text, _beside(r.text)),
    "digits to 汉字": lambda r, _: _table(r.text, _DIGITS),
    "汉字 to digits": lambda r, _: _table(r.text, _HANZI),
}
"""The ways, by what they are called."""


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--commands", type=Path, default=Path("commands.toml"))
    parser.add_argument("--mistakes", choices=DAMAGES, metavar="WAY")
    arguments = parser.parse_args()
    library = CommandLibrary(arguments.commands, this_platform())
    requests = list(read_requests(arguments.file))
    clean = [request for request in requests if request.is_right(library.decide(request.text))]
    chat = [
        request
        for request in requests
        if request.label == "chat" and not request.launches(library.decide(request.text))
    ]
    print(f"{'way':28} {'still':>5} {'of':>5} {'share':>7} {'chat launched':>14}")
    for way, damage in DAMAGES.items():
        rng = random.Random(way)  # noqa: S311 -- nothing secret
        damaged = [(request, text) for request in clean if (text := damage(request, rng))]
        lost = [
            (request, text)
            for request, text in damaged
            if not request.is_right(library.decide(text))
        ]
        launched = [
            (request, text)
            for request in chat
            if (text := damage(request, rng)) and request.launches(library.decide(text))
        ]
        still = len(damaged) - len(lost)
        share = f"{still / len(damaged):7.1%}" if damaged else "      -"
        print(f"{way:28} {still:5} {len(damaged):5} {share} {len(launched):14}")
        if way == arguments.mistakes:
            for request, text in [*lost, *launched]:
                [decision] = library.decide(text).decisions
                kind, target = described(decision)
                print(f"  {request.text} | {text} | {kind} {decision.reason} {target}")


if __name__ == "__main__":
    main()
