from __future__ import annotations

import struct
from pathlib import Path

import pytest

from voice_assistant.desktop.windows.shortcut import read_target

CLASS = bytes.fromhex("0114020000000000c000000000000046")
ID_LIST, LINK_INFO, NAME, RELATIVE, UNICODE = 0x01, 0x02, 0x04, 0x08, 0x80


def header(flags: int) -> bytes:
    return struct.pack("<I16sI", 0x4C, CLASS, flags).ljust(0x4C, b"\0")


def link_info(target: str, *, wide: bool) -> bytes:
    """A LinkInfo structure: the path, and an empty suffix."""
    size = 0x24 if wide else 0x1C
    local = b"C:\\?\0" if wide else target.encode("latin-1") + b"\0"
    after = size + len(local)
    fields = [size, 0x01, 0, size, 0, after - 1]
    body = local
    if wide:
        text = target.encode("utf-16-le") + b"\0\0"
        fields += [after, after + len(text) - 2]
        body += text
    return struct.pack(f"<{1 + len(fields)}I", size + len(body), *fields) + body


def shortcut(target: str, *, wide: bool = False) -> bytes:
    """A shortcut to a file of this computer, with an item list as they mostly have."""
    item_list = struct.pack("<H", 5) + b"items"
    return header(ID_LIST | LINK_INFO) + item_list + link_info(target, wide=wide)


def strings(*texts: str, wide: bool = True) -> bytes:
    parts = [struct.pack("<H", len(text)) for text in texts]
    encoded = [text.encode("utf-16-le" if wide else "latin-1") for text in texts]
    return b"".join(part for pair in zip(parts, encoded, strict=True) for part in pair)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "app.lnk"


def test_a_file_of_this_computer(file: Path) -> None:
    file.write_bytes(shortcut(r"C:\Tencent\WeChat.exe"))
    assert read_target(file) == r"C:\Tencent\WeChat.exe"
    file.write_bytes(shortcut(r"C:\腾讯\微信.exe", wide=True))
    assert read_target(file) == r"C:\腾讯\微信.exe"


def test_a_relative_path(file: Path) -> None:
    file.write_bytes(header(NAME | RELATIVE | UNICODE) + strings("微信", r"..\Weixin.exe"))
    assert read_target(file) == r"..\Weixin.exe"
    elsewhere = struct.pack("<7I", 0x1C, 0x1C, 0x02, 0, 0, 0, 0)
    file.write_bytes(header(LINK_INFO | RELATIVE) + elsewhere + strings("a.exe", wide=False))
    assert read_target(file) == "a.exe"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ" + bytes(200),
        header(ID_LIST),
        header(0),
        header(LINK_INFO) + struct.pack("<2I", 8, 8),
        header(RELATIVE | UNICODE) + b"\x01\x00\x00",
        shortcut(r"C:\a.exe")[:-2],
        shortcut(r"C:\a.exe", wide=True)[:-3],
    ],
)
def test_what_names_no_file(data: bytes, file: Path) -> None:
    file.write_bytes(data)
    with pytest.raises(ValueError, match=r"broken|no file|not a shortcut"):
        read_target(file)
