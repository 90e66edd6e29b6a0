from __future__ import annotations

import errno
from pathlib import Path

import pytest

from voice_assistant.desktop.base import Outcome
from voice_assistant.desktop.new_folder import folder_name, make_folder


def test_under_its_name(tmp_path: Path) -> None:
    assert make_folder(tmp_path, "周报") == Outcome("done", str(tmp_path / "周报"))
    assert (tmp_path / "周报").is_dir()


def test_without_a_name_it_is_numbered(tmp_path: Path) -> None:
    for name in ("新建文件夹", "新建文件夹 (2)", "新建文件夹 (3)"):
        assert make_folder(tmp_path, None) == Outcome("done", str(tmp_path / name))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "周报").write_text("mine")
    (tmp_path / "周报 (2)").symlink_to(tmp_path / "nowhere")
    assert make_folder(tmp_path, "周报").detail == str(tmp_path / "周报 (3)")
    assert (tmp_path / "周报").read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("周报", "周报"),
        ("  two   words ", "two words"),
        ("../../etc", "etc"),
        ("/etc/passwd", "etc passwd"),
        (r"C:\Windows", "C Windows"),
        ('a<b>:"c|?*', "a b c"),
        (".hidden.", "hidden"),
        ("line\nbreak\0\u202e", "line break"),
        ("con", "_con"),
        ("Nul.txt", "_Nul.txt"),
        ("COM1", "_COM1"),
        ("console", "console"),
        ("", "新建文件夹"),
        (None, "新建文件夹"),
        (" ./.. ", "新建文件夹"),
        ("长" * 100, "长" * 40),
        ("\ud800名", "名"),
    ],
)
def test_what_was_said_becomes_one_name(said: str | None, name: str, tmp_path: Path) -> None:
    assert folder_name(said) == name
    assert make_folder(tmp_path, said).ok
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_place_that_does_not_exist(tmp_path: Path) -> None:
    outcome = make_folder(tmp_path / "gone", "周报")
    assert outcome.code == "failed"
    assert outcome.detail.startswith(str(tmp_path / "gone" / "周报"))


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system")],
)
def test_an_error_of_the_disk_is_told(
    number: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> None:
        raise OSError(number, words)

    monkeypatch.setattr(Path, "mkdir", fail)
    assert make_folder(tmp_path, "周报") == Outcome("failed", f"{tmp_path / '周报'}: {words}")


def test_a_name_taken_too_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(path: Path) -> None:
        raise FileExistsError(path)

    monkeypatch.setattr(Path, "mkdir", taken)
    assert make_folder(tmp_path, "周报").code == "failed"
