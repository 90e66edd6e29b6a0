"""Read from a Windows shortcut which program it starts.

Source: [MS-SHLLINK], "Shell Link (.LNK) Binary File Format", Microsoft Open Specifications.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

_HEADER = struct.Struct("<I16sI")
_HEADER_SIZE = 0x4C
_CLASS = bytes.fromhex("0114020000000000c000000000000046")

_HAS_ID_LIST = 0x01
_HAS_LINK_INFO = 0x02
_HAS_NAME = 0x04
_HAS_RELATIVE_PATH = 0x08
_IS_UNICODE = 0x80

_LOCAL_PATH = 0x01
_UNICODE_HEADER_SIZE = 0x24

_ANSI = "mbcs" if sys.platform == "win32" else "latin-1"


def read_target(path: Path) -> str:
    """Return the program that a shortcut starts, as an absolute or a relative path.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a shortcut, a broken one, or one to something that is no file.
    """
    data = path.read_bytes()
    try:
        target = _target(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"broken: {error}") from error
    if not target or "\0" in target:
        raise ValueError("no file is named")
    return target


def _target(data: bytes) -> str:
    size, class_id, flags = _HEADER.unpack_from(data)
    if size != _HEADER_SIZE or class_id != _CLASS:
        raise ValueError("not a shortcut")
    at = _HEADER_SIZE
    if flags & _HAS_ID_LIST:
        at += 2 + _number(data, at, "<H")
    if flags & _HAS_LINK_INFO:
        end = at + _number(data, at, "<I")
        local = _local_path(data[at:end])
        if local:
            return local
        at = end
    if not flags & _HAS_RELATIVE_PATH:
        return ""
    width, encoding = (2, "utf-16-le") if flags & _IS_UNICODE else (1, _ANSI)
    if flags & _HAS_NAME:
        at += 2 + width * _number(data, at, "<H")
    length = width * _number(data, at, "<H")
    return data[at + 2 : at + 2 + length].decode(encoding)


def _local_path(info: bytes) -> str:
    """Return the path that a LinkInfo structure tells; empty if it is on another computer."""
    if not _number(info, 8, "<I") & _LOCAL_PATH:
        return ""
    if _number(info, 4, "<I") >= _UNICODE_HEADER_SIZE:
        offsets, width, encoding = (28, 32), 2, "utf-16-le"
    else:
        offsets, width, encoding = (16, 24), 1, _ANSI
    starts = (_number(info, offset, "<I") for offset in offsets)
    return "".join(_string(info, start, width).decode(encoding) for start in starts)


def _string(data: bytes, start: int, width: int) -> bytes:
    """Return the bytes from `start` to the terminating zero."""
    for end in range(start, len(data) - width + 1, width):
        if not any(data[end : end + width]):
            return data[start:end]
    raise IndexError("a string does not end")


def _number(data: bytes, at: int, format_: str) -> int:
    (number,) = struct.unpack_from(format_, data, at)
    return int(number)
