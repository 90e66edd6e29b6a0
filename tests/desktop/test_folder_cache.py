from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from voice_assistant.desktop.folder_cache import FolderCache, FoundFile

LONG_AGO = 1_000_000_000


class Reader:
    """Counts how often it is asked, and keeps the names."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, files: Sequence[FoundFile]) -> list[str]:
        self.calls += 1
        return [path.relative_to(root).as_posix() for root, path in files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that has not changed for long."""
    (tmp_path / "apps" / "deep").mkdir(parents=True)
    for name in ("b.txt", "a.TXT", "note.md", "deep/c.txt"):
        (tmp_path / "apps" / name).touch()
    age(tmp_path / "apps")
    return tmp_path / "apps"


def age(folder: Path) -> None:
    for each in (folder, folder / "deep"):
        os.utime(each, (LONG_AGO, LONG_AGO))


def test_it_reads_once(folder: Path) -> None:
    reader = Reader()
    cache = FolderCache(".txt", reader)
    for _ in range(3):
        assert cache.get((folder, folder / "missing")) == ["a.TXT", "b.txt", "deep/c.txt"]
    assert reader.calls == 1


@pytest.mark.parametrize("name", ["new.txt", "deep/new.txt"])
def test_it_notices_a_new_file(folder: Path, name: str) -> None:
    cache = FolderCache(".txt", Reader())
    cache.get((folder,))
    (folder / name).touch()
    assert name in cache.get((folder,))


def test_it_notices_two_new_files_at_once(folder: Path) -> None:
    cache = FolderCache(".txt", Reader())
    for name in ("new.txt", "newer.txt"):
        (folder / name).touch()
        # As on a file system with a coarse clock, both get the same time stamp.
        stamp = (folder / "new.txt").stat().st_mtime
        os.utime(folder, (stamp, stamp))
        assert name in cache.get((folder,))


def test_it_notices_a_folder_that_appears(tmp_path: Path) -> None:
    cache = FolderCache(".txt", Reader())
    later = tmp_path / "later"
    assert cache.get((later,)) == []
    later.mkdir()
    (later / "new.txt").touch()
    assert cache.get((later,)) == ["new.txt"]


def test_other_folders_are_another_question(folder: Path) -> None:
    cache = FolderCache(".txt", Reader())
    cache.get((folder,))
    assert cache.get((folder / "deep",)) == ["c.txt"]
