from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.desktop.new_folder import folder_name, make_folder

DEVICES = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
DEVICES += [f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"]

PARTS = st.sampled_from([*DEVICES, "nul", "Com1", ".", "..", "/", "\\", ":", " ", "　", "*", "~"])
SAID = st.text() | st.lists(PARTS | st.text(max_size=3)).map("".join)


@given(SAID)
@example("NUL .txt")
@example("nul . ")
@example("a" * 119 + "é")
def test_it_is_one_name_that_every_system_takes(said: str) -> None:
    name = folder_name(said)
    for kind in (PurePosixPath, PureWindowsPath):
        assert (kind("parent") / name).parts == ("parent", name)
    assert name.isprintable()
    assert set(name).isdisjoint('<>:"/\\|?*')
    # A leading dot hides it; Windows leaves out dots and spaces at the end.
    assert name == name.strip(" .")
    # Windows looks at what stands before the first dot, without spaces.
    assert name.partition(".")[0].rstrip(" ").upper() not in DEVICES
    # An encrypted home leaves 143 bytes, a number included.
    assert 0 < len(name.encode()) <= 143 - len(" (1000)")


@given(st.lists(SAID, max_size=3))
def test_each_is_made_in_the_folder_and_nowhere_else(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parent = Path(folder, "desktop")
        parent.mkdir()
        made = [make_folder(parent, name) for name in names]
        assert all(outcome.ok for outcome in made)
        assert sorted(outcome.detail for outcome in made) == sorted(map(str, parent.iterdir()))
        assert list(Path(folder).iterdir()) == [parent]
