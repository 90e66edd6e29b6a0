"""The scripts in static/: what neither their linter nor a browser notices."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from voice_assistant import ROOT

BUTTON = ROOT / "static" / "AI_button_browser_plugin.js"
CONTROL_PAGE = ROOT / "static" / "control.js"

WIDEST = 100


def read_words(script: str) -> dict[str, str]:
    """The entries of its `WORDS`, as they are written, without line breaks."""
    table = re.search(r"const WORDS = {\n(.*?)\n *};", script, re.DOTALL)
    assert table
    entries = re.findall(r"^ +(\w+): \[(.*?)\],$", table[1], re.DOTALL | re.MULTILINE)
    return {key: re.sub(r"\s*\n\s*", " ", words) for key, words in entries}


def test_the_button_and_the_control_page_say_the_same_where_they_use_the_same_word() -> None:
    # The button is one file that can be pasted, so it cannot share a third one with the page.
    button, page = (read_words(each.read_text("utf-8")) for each in (BUTTON, CONTROL_PAGE))
    shared = set(button) & set(page)
    assert shared >= {"confirm", "copy"}
    assert {key: button[key] for key in shared} == {key: page[key] for key in shared}


@pytest.mark.parametrize("path", [BUTTON, CONTROL_PAGE], ids=lambda path: path.name)
def test_no_line_is_wider_than_a_screen(path: Path) -> None:
    # As ruff counts: a Chinese character is two columns wide.
    def width(line: str) -> int:
        return sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in line)

    lines = path.read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if width(line) > WIDEST] == []
