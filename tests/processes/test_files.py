from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.processes.files import (
    is_disk_full,
    no_space,
    replacing,
    replacing_folder,
    write_whole,
)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is there already."""
    path = tmp_path / "note"
    path.write_bytes(b"older")
    return path


def test_a_file_is_replaced_at_the_end_and_not_before(path: Path) -> None:
    with replacing(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_bytes() == b"older"
    assert contents(path.parent) == {"note": b"new"}


def test_a_file_that_was_not_there(tmp_path: Path) -> None:
    write_whole(tmp_path / "note", b"new")
    assert contents(tmp_path) == {"note": b"new"}


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, ""), ValueError(), KeyboardInterrupt()])
def test_an_error_leaves_what_was_there_and_nothing_else(path: Path, error: BaseException) -> None:
    def write() -> None:
        with replacing(path) as stream:
            stream.write(b"half")
            raise error

    with pytest.raises(type(error)):
        write()
    assert contents(path.parent) == {"note": b"older"}


def test_it_is_on_the_disk_before_it_has_its_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        order.append(f"sync {os.fstat(handle).st_size}")
        fsync(handle)

    def rename(source: str, target: Path) -> None:
        order.append("replace")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", rename)
    write_whole(path, b"new!")
    assert order == ["sync 4", "replace"]


CRASH = """
import os, sys
from pathlib import Path
from voice_assistant.processes.files import write_whole

os.replace = lambda *_: os._exit(9)
write_whole(Path(sys.argv[1]), b"new")
"""


def test_a_process_that_dies_leaves_the_older_one(path: Path) -> None:
    command = [sys.executable, "-c", CRASH, str(path)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    assert path.read_bytes() == b"older"
    write_whole(path, b"newer")
    assert path.read_bytes() == b"newer"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_every_user_may_read_what_was_written(path: Path) -> None:
    write_whole(path, b"")
    with replacing_folder(path.parent / "folder"):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert stat.S_IMODE((path.parent / "folder").stat().st_mode) == 0o755


def test_a_folder_is_replaced_at_the_end_and_not_before(tmp_path: Path) -> None:
    folder = tmp_path / "form"
    folder.mkdir()
    (folder / "older").touch()
    with replacing_folder(folder) as draft:
        (draft / "new").write_bytes(b"1")
        assert [path.name for path in folder.iterdir()] == ["older"]
        assert draft.name.startswith(".form.")
    assert contents(folder) == {"new": b"1"}
    assert list(tmp_path.iterdir()) == [folder]


def test_an_error_leaves_the_folder_that_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "form"
    folder.mkdir()
    (folder / "older").touch()

    def write() -> None:
        with replacing_folder(folder) as draft:
            (draft / "new").touch()
            raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"):
        write()
    assert [path.name for path in folder.iterdir()] == ["older"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "nowhere" / "note", b"")


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, ""), True),
        (OSError(errno.EDQUOT, ""), True),
        (OSError(errno.EACCES, ""), False),
        (OSError("no number"), False),
        (ValueError(errno.ENOSPC), False),
    ],
)
def test_a_full_disk_and_a_full_share_of_it_are_the_same(error: Exception, full: bool) -> None:
    assert is_disk_full(error) is full


def test_how_much_must_be_free_is_said_in_megabytes(tmp_path: Path) -> None:
    error = no_space(tmp_path, 1.4e9)
    assert (error.code, error.params) == ("DISK_FULL", {"folder": str(tmp_path), "need_mb": 1400})
