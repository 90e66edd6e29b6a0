from __future__ import annotations

import re
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import little_memory, unreliable
from voice_assistant.desktop.linux.desktop_entry import fold_name, read_desktop_entry

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
GOOD = """[Desktop Entry]
Type=Application
Name=Calculator
Name[zh_CN]=计算器
GenericName=Calculator
Exec="/opt/my calculator" --title "%c" %i 'single quotes' %U 100%%
TryExec=/opt/my calculator
Path=/opt
Icon=calculator

[Desktop Action new]
Exec=other
""".encode()


def written(word: str) -> str:
    """One argument as the specification has it: quoted, then escaped as any string."""
    quoted = '"' + re.sub(r'(["`$\\])', r"\\\1", word.replace("%", "%%")) + '"'
    escapes = {"\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}
    return "".join(escapes.get(character, character) for character in quoted)


def entry(line: str) -> bytes:
    return f"[Desktop Entry]\nType=Application\nName=App\nExec={line}\n".encode()


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_arguments_come_out_as_they_went_in(tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "app.desktop"
    file.write_bytes(entry(" ".join(map(written, words))))
    assert read_desktop_entry(file).argv == tuple(words)


LINES = st.text(st.sampled_from("ab \t\"'\\$`%ficku;\0é微")) | WORDS


@given(LINES)
@example("app a\0b")
def test_any_exec_line_is_arguments_or_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "app.desktop"
    file.write_bytes(entry(line))
    try:
        argv = read_desktop_entry(file).argv
    except ValueError:
        return
    assert argv
    # The system starts no program with a zero in its arguments: the attempt is a ValueError.
    assert not any("\0" in each for each in argv)


@given(unreliable(GOOD))
@example(GOOD.replace(b"/opt\n", b"/o\0t\n"))
def test_any_file_is_an_entry_or_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "app.desktop"
    file.write_bytes(data)
    with little_memory(1_000_000):
        try:
            found = read_desktop_entry(file)
        except ValueError:
            return
    assert bool(found.argv) == found.shown
    assert all(name and name == fold_name(name) for name in found.names | found.generic_names)
    assert not any("\0" in each for each in [*found.argv, found.try_exec, str(found.cwd)])
    found.is_usable({"PATH": str(tmp_path)})


@given(st.text(), st.text(st.sampled_from(" \t　")))
def test_case_and_spaces_do_not_count(name: str, space: str) -> None:
    folded = fold_name(name)
    assert fold_name(folded) == folded
    assert fold_name(space + name + space) == folded
    assert not any(character.isspace() for character in folded)
