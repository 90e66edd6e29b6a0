"""The blocks of docs/graphics-card.md, and which lines of the programs belong into them.

A line belongs if it is one of the programs' own sentences (`voice_assistant/locales`), a command
that they propose, or what the log says of how things are. Left out are the sentences about pip, and
the log's warnings. `python -m benchmarks.card_pages` prints the blocks, and puts them in.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from voice_assistant.messages import Locale, sentences

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the checkout."""

_PAGES: dict[Locale, str] = {"en": "graphics-card.md", "zh": "graphics-card.zh-CN.md"}
_GROUPS = ("launcher.", "gpu.", "download.offer_elsewhere")
_LEFT_OUT = frozenset(
    f"launcher.{name}"
    for name in (
        "waiting",
        "rebuilding",
        "creating",
        "installing",
        "unpacking",
        "retrying",
        "installed",
        "stopped",
    )
)
# Times and amounts of memory, the version, this computer.
_NUMBERS_VARY = frozenset(
    {
        "launcher.title",
        "launcher.python",
        "launcher.memory",
        "launcher.disk",
        "gpu.title",
        "gpu.trial",
        "gpu.trial_resident",
    }
)
_ALL_VARIES = "gpu.system"

_LOG = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO [\w.]+: ")
_COMMAND = "    "
_NUMBER = re.compile(r"\d+(\.\d+)*")
_VARYING_FIELDS = re.compile(r"\b(pid|load_s|pass_s)=[\d.]+")


def page_of(language: Locale) -> Path:
    """The page in a language."""
    return ROOT / "docs" / _PAGES[language]


def block_of(language: Locale, name: str) -> list[str]:
    """The lines of a block of the page.

    Raises:
        KeyError: the page has no such block.
    """
    return _find(page_of(language).read_text(encoding="utf-8"), name)[2].splitlines()


def blocks_of(language: Locale) -> dict[str, list[str]]:
    """All blocks of the page, by name."""
    text = page_of(language).read_text(encoding="utf-8")
    names = re.findall(r"^<!-- (.+) -->\n```", text, re.MULTILINE)
    return {name: block_of(language, name) for name in names}


def put_block(language: Locale, name: str, lines: Sequence[str]) -> None:
    """Write a block into the page, in place of what it has."""
    page = page_of(language)
    before, fence, old = _find(page.read_text(encoding="utf-8"), name)
    after = page.read_text(encoding="utf-8")[len(before) + len(fence) + len(old) :]
    page.write_text(f"{before}{fence}{chr(10).join(lines)}\n{after}", encoding="utf-8")


def is_shown(line: str, language: Locale) -> bool:
    """Whether a line belongs into a block."""
    if _LOG.match(line) or line.startswith(_COMMAND):
        return True
    key = _key_of(line, language)
    return key is not None and key not in _LEFT_OUT


def normal(line: str, language: Locale) -> str:
    """The same line for every run and every computer of a kind."""
    if found := _LOG.match(line):
        head = _NUMBER.sub("0", found[0])
        return head + _VARYING_FIELDS.sub(r"\1=0", line[found.end() :])
    key = _key_of(line, language)
    if key == _ALL_VARIES:
        return _ALL_VARIES
    return _NUMBER.sub("0", line) if key in _NUMBERS_VARY else line


def _find(text: str, name: str) -> tuple[str, str, str]:
    """What stands before a block's fence, the fence, and the block."""
    found = re.search(
        rf"\A(.*?<!-- {re.escape(name)} -->\n)(```\w*\n)(.*?)^```$", text, re.DOTALL | re.MULTILINE
    )
    if found is None:
        raise KeyError(name)
    return found[1], found[2], found[3]


def _key_of(line: str, language: Locale) -> str | None:
    """The key of the sentence that a line is, or is a line of."""
    return next((key for key, pattern in _patterns(language) if pattern.fullmatch(line)), None)


@cache
def _patterns(language: Locale) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(_compiled(language))


def _compiled(language: Locale) -> Iterator[tuple[str, re.Pattern[str]]]:
    for key, sentence in sentences(language).items():
        if key.startswith(_GROUPS):
            for line in sentence.splitlines():
                parts = string.Formatter().parse(line)
                pattern = "".join(
                    re.escape(said) + ("" if field is None else ".+?")
                    for said, field, _, _ in parts
                )
                if pattern.replace(".+?", ""):
                    yield key, re.compile(pattern)
