from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support.properties import unreliable
from voice_assistant.desktop.linux.xdg import (
    application_folders,
    desktop_folder,
    pictures_folder,
)

GOOD = b"""# This file is written by xdg-user-dirs-update
XDG_DESKTOP_DIR="$HOME/desk"
XDG_PICTURES_DIR="/srv/pictures"
"""


@given(unreliable(GOOD))
def test_any_list_of_folders_leaves_a_desktop(tmp_path: Path, data: bytes) -> None:
    config = tmp_path / ".config"
    config.mkdir(exist_ok=True)
    (tmp_path / "desk").mkdir(exist_ok=True)
    (config / "user-dirs.dirs").write_bytes(data)
    environ = {"HOME": str(tmp_path)}
    assert desktop_folder(environ).is_dir()
    assert pictures_folder(environ).is_absolute()


@given(st.text(st.sampled_from("/:.~ab"), max_size=30), st.text(st.sampled_from("/.~a")))
def test_relative_folders_are_left_out(dirs: str, home: str) -> None:
    folders = application_folders({"HOME": "/h", "XDG_DATA_DIRS": dirs, "XDG_DATA_HOME": home})
    assert len(set(folders)) == len(folders)
    assert all(folder.is_absolute() and folder.name == "applications" for folder in folders)
