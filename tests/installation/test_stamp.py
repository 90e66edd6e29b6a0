from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from voice_assistant.installation.stamp import NAME, Stamp, digest, fingerprint, read_stamp


def test_written_and_read(tmp_path: Path) -> None:
    stamp = Stamp("python", "3.11", {"requirements.txt": "00"}, unfinished=True)
    stamp.write(tmp_path)
    assert read_stamp(tmp_path) == stamp
    assert [path.name for path in tmp_path.iterdir()] == [NAME]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"other": 1}', "\x00"])
def test_unreadable_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    assert read_stamp(tmp_path) is None


def test_none_there(tmp_path: Path) -> None:
    assert read_stamp(tmp_path) is None


def test_fingerprint_changes_with_the_interpreter(tmp_path: Path) -> None:
    python = tmp_path / "python"
    assert fingerprint(python) == ""
    python.write_bytes(b"old")
    first = fingerprint(python)
    python.write_bytes(b"newer")
    os.utime(python, (1, 1))
    assert fingerprint(python) not in ("", first)
    assert fingerprint(Path(sys.executable)) == fingerprint(Path(sys.executable))


def test_digest(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert digest(tmp_path / "empty").startswith("e3b0c44298fc1c14")
