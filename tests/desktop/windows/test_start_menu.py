from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.desktop.windows.start_menu import StartMenu

PROGRAMS = Path("Microsoft", "Windows", "Start Menu", "Programs")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A Start menu of the user's own, and one for all."""
    variables = {"APPDATA": tmp_path / "user", "PROGRAMDATA": tmp_path / "all"}
    for folder in variables.values():
        (folder / PROGRAMS / "Vendor").mkdir(parents=True)
    return {name: str(folder) for name, folder in variables.items()}


def put(environ: dict[str, str], variable: str, *parts: str) -> Path:
    path = Path(environ[variable], PROGRAMS, *parts)
    path.touch()
    return path


def test_by_exactly_that_name(environ: dict[str, str]) -> None:
    path = put(environ, "PROGRAMDATA", "Vendor", "WeChat.lnk")
    menu = StartMenu()
    assert menu.find(("微信", "wechat"), environ) == path
    assert menu.find(("chat", "WeChat.lnk", ""), environ) is None


def test_the_users_own_menu_comes_first(environ: dict[str, str]) -> None:
    put(environ, "PROGRAMDATA", "App.lnk")
    own = put(environ, "APPDATA", "Vendor", "App.lnk")
    assert StartMenu().find(("App",), environ) == own


def test_a_new_shortcut_is_noticed(environ: dict[str, str]) -> None:
    menu = StartMenu()
    assert menu.find(("App",), environ) is None
    assert menu.find(("App",), environ) is None
    path = put(environ, "APPDATA", "App.lnk")
    assert menu.find(("App",), environ) == path


def test_no_menu_at_all() -> None:
    assert StartMenu().find(("App",), {}) is None
