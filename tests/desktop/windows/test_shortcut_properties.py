from __future__ import annotations

import struct
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import little_memory, unreliable
from voice_assistant.desktop.windows.shortcut import read_target

HEADER = bytes.fromhex("4c0000000114020000000000c000000000000046")
ID_LIST, LINK_INFO, RELATIVE, UNICODE = 0x01, 0x02, 0x08, 0x80

# What a path may have in it: all but zeros, and no half of a surrogate pair.
PATHS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


def header(flags: int) -> bytes:
    return (HEADER + struct.pack("<I", flags)).ljust(0x4C, b"\0")


def local(path: str) -> bytes:
    """A shortcut to a file of this computer, with an item list and a LinkInfo structure."""
    text = path.encode("utf-16-le") + b"\0\0"
    size = 0x24
    fields = (size, 0x01, 0, size, 0, size, size + 1, size + 1 + len(text) - 2)
    info = struct.pack("<9I", size + 1 + len(text), *fields) + b"\0" + text
    return header(ID_LIST | LINK_INFO) + struct.pack("<H", 5) + b"items" + info


def relative(path: str) -> bytes:
    text = path.encode("utf-16-le")
    return header(RELATIVE | UNICODE) + struct.pack("<H", len(text) // 2) + text


@given(PATHS)
def test_a_path_comes_out_as_it_went_in(tmp_path: Path, path: str) -> None:
    file = tmp_path / "app.lnk"
    for write in (local, relative):
        file.write_bytes(write(path))
        assert read_target(file) == path


@given(unreliable(local(r"C:\腾讯\微信.exe"), relative(r"..\微信.exe")))
@example(relative("a\0b.exe"))
def test_what_is_no_shortcut_names_no_file(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "app.lnk"
    file.write_bytes(data)
    with little_memory(1_000_000):
        try:
            target = read_target(file)
        except ValueError:
            return
    # No program can be started under a name with a zero in it: the attempt is a ValueError.
    assert target
    assert "\0" not in target
