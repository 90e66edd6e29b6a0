"""A docstring's first line is a sentence with a verb that could stand in a table of contents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice_assistant import ROOT

# Words that a fragment begins with, and a sentence in the imperative does not.
_FRAGMENT = re.compile(
    r"(A|An|The|One|All|Every|Each|Its|Those|This|That|These|Of|In|On|At|By|For|From|With|Without|"
    r"How|What|Where|Which|Who|Whether|Why|When|Whose|If|Instead|"
    r"Names|Bytes|Seconds|Shape|Rows|Pairs|Sound|Text|Tokens|Always|Never|Nothing|Not|No|Does|Says|"
    r"Makes|Gives|Holds|Keeps|Puts|Runs|Looks|Waits|Writes|Reads|Stands|Behaves)\b|[`\"(]"
)
_KINDS = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# `python -m` shows these to people as what the program is.
FOLDERS = ["voice_assistant", "benchmarks"]


def docstrings(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, _KINDS) and (text := ast.get_docstring(node)):
            yield getattr(node, "name", "module"), text


@pytest.mark.parametrize("folder", FOLDERS)
def test_first_lines_begin_with_a_verb(folder: str) -> None:
    fragments = [
        f"{path.relative_to(ROOT)}: {name}: {text.splitlines()[0]}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name, text in docstrings(path)
        if _FRAGMENT.match(text)
    ]
    assert not fragments, "\n".join(fragments)


def test_a_fragment_is_told_from_a_sentence() -> None:
    assert _FRAGMENT.match("Where weights are and what in.")
    assert _FRAGMENT.match("`x @ weight.T`.")
    assert not _FRAGMENT.match("Return where weights are.")
    assert not _FRAGMENT.match("Forget recordings.")
