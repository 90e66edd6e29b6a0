from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.desktop.linux.xdg import application_folders, desktop_folder, pictures_folder

EXPORTS = ["/var/lib/flatpak/exports/share/applications", "/var/lib/snapd/desktop/applications"]


def test_folders_by_default() -> None:
    assert [str(each) for each in application_folders({"HOME": "/home/li"})] == [
        "/home/li/.local/share/applications",
        "/usr/local/share/applications",
        "/usr/share/applications",
        "/home/li/.local/share/flatpak/exports/share/applications",
        *EXPORTS,
    ]


def test_folders_as_set_without_relative_and_double_ones() -> None:
    environ = {
        "HOME": "/home/li",
        "XDG_DATA_HOME": "/data",
        "XDG_DATA_DIRS": "/one:relative::/var/lib/snapd/desktop:/one",
    }
    assert [str(each) for each in application_folders(environ)] == [
        "/data/applications",
        "/one/applications",
        "/var/lib/snapd/desktop/applications",
        "/data/flatpak/exports/share/applications",
        "/var/lib/flatpak/exports/share/applications",
    ]


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ('XDG_PICTURES_DIR="$HOME/图片"', "{home}/图片"),
        ('XDG_PICTURES_DIR="/mnt/photos"', "/mnt/photos"),
        ('XDG_PICTURES_DIR="$HOME"', "{home}"),
        ('XDG_PICTURES_DIR="$HOME/"', "{home}"),
        (r'XDG_PICTURES_DIR="$HOME/5\$ \"raw\""', '{home}/5$ "raw"'),
        ('XDG_PICTURES_DIR="$HOMEWARD"', "{home}/Pictures"),
        ('XDG_PICTURES_DIR=""', "{home}/Pictures"),
        ('# XDG_PICTURES_DIR="$HOME/old"', "{home}/Pictures"),
        ('XDG_PICTURES_DIR="relative"', "{home}/Pictures"),
        ("", "{home}/Pictures"),
    ],
)
def test_pictures(line: str, folder: str, tmp_path: Path) -> None:
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/user-dirs.dirs").write_text(
        f'XDG_DESKTOP_DIR="$HOME/Desktop"\n{line}\n', encoding="utf-8"
    )
    assert str(pictures_folder({"HOME": str(tmp_path)})) == folder.format(home=tmp_path)


def test_a_choice_counts_though_the_group_may_change_it(tmp_path: Path) -> None:
    # What an editor leaves where a session's umask is 002, as on Ubuntu.
    (tmp_path / ".config").mkdir()
    file = tmp_path / ".config/user-dirs.dirs"
    file.write_text('XDG_PICTURES_DIR="$HOME/图片"\n', encoding="utf-8")
    file.chmod(0o664)
    assert pictures_folder({"HOME": str(tmp_path)}) == tmp_path / "图片"


def test_pictures_without_a_file(tmp_path: Path) -> None:
    assert pictures_folder({"HOME": str(tmp_path)}) == tmp_path / "Pictures"


def test_the_desktop_as_chosen(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "user-dirs.dirs").write_text(
        'XDG_DESKTOP_DIR="$HOME/桌面"\nXDG_PICTURES_DIR="$HOME/图片"\n', encoding="utf-8"
    )
    (tmp_path / "桌面").mkdir()
    (tmp_path / "Desktop").mkdir()
    environ = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(config)}
    assert desktop_folder(environ) == tmp_path / "桌面"
    (tmp_path / "桌面").rmdir()
    assert desktop_folder(environ) == tmp_path / "Desktop"


def test_the_desktop_without_a_choice(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    assert desktop_folder(environ) == tmp_path
    (tmp_path / "Desktop").mkdir()
    assert desktop_folder(environ) == tmp_path / "Desktop"
