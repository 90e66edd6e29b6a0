from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from voice_assistant.desktop.linux import installed_apps
from voice_assistant.desktop.linux.installed_apps import InstalledApps

MakeTool = Callable[[str, str], Path]


@pytest.fixture
def home(environ: dict[str, str]) -> Path:
    return Path(environ["HOME"]) / ".local/share/applications"


@pytest.fixture
def system(environ: dict[str, str]) -> Path:
    return Path(environ["XDG_DATA_DIRS"]) / "applications"


@pytest.fixture(autouse=True)
def programs(make_tool: MakeTool) -> None:
    for name in ("one", "two"):
        make_tool(name, "exit 0")


def install(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(["[Desktop Entry]", "Type=Application", *lines])
    path.write_text(text, encoding="utf-8")


def found(environ: dict[str, str], *names: str) -> list[str]:
    return [entry.argv[0] for entry in InstalledApps().find(names, environ)]


def test_by_any_name_whatever_the_case(system: Path, environ: dict[str, str]) -> None:
    install(system / "one.desktop", "Name=Text Editor", "Name[zh_CN]=文本编辑器", "Exec=one")
    assert found(environ, "文本编辑器") == ["one"]
    assert found(environ, "texteditor") == ["one"]
    assert found(environ, "TEXT  EDITOR") == ["one"]


def test_only_the_whole_name_counts(system: Path, environ: dict[str, str]) -> None:
    install(system / "one.desktop", "Name=Text Editor", "Exec=one")
    assert found(environ, "Text", "Editor", "", " ") == []


def test_the_first_name_comes_first(system: Path, environ: dict[str, str]) -> None:
    install(system / "a.desktop", "Name=Second", "Exec=two")
    install(system / "b.desktop", "Name=First", "Exec=one")
    assert found(environ, "first", "second") == ["one", "two"]


def test_the_users_own_entry_overrides(home: Path, system: Path, environ: dict[str, str]) -> None:
    install(system / "app.desktop", "Name=App", "Exec=one")
    install(home / "app.desktop", "Name=App", "Exec=two")
    assert found(environ, "app") == ["two"]


@pytest.mark.parametrize("line", ["Hidden=true", "NoDisplay=true"])
def test_the_users_own_entry_hides(
    line: str, home: Path, system: Path, environ: dict[str, str]
) -> None:
    install(system / "kde" / "app.desktop", "Name=App", "Exec=one")
    install(home / "kde-app.desktop", "Name=App", "Exec=one", line)
    assert found(environ, "app") == []


def test_a_kind_of_app_is_a_name_while_a_single_app_has_it(
    system: Path, environ: dict[str, str]
) -> None:
    install(system / "one.desktop", "Name=Galculator", "GenericName=Calculator", "Exec=one")
    install(system / "gone.desktop", "Name=Gone", "GenericName=Calculator", "Exec=missing")
    assert found(environ, "calculator") == ["one"]
    install(system / "two.desktop", "Name=KCalc", "GenericName=Calculator", "Exec=two")
    assert found(environ, "calculator") == []


def test_what_is_not_really_installed_is_left_out(system: Path, environ: dict[str, str]) -> None:
    install(system / "a.desktop", "Name=A", "Exec=missing")
    install(system / "b.desktop", "Name=B", "Exec=one", "TryExec=missing")
    install(system / "c.desktop", "Name=C", "Exec=one", "TryExec=two")
    assert found(environ, "a", "b", "c") == ["one"]


def test_a_new_install_is_noticed(system: Path, environ: dict[str, str]) -> None:
    apps = InstalledApps()
    assert apps.find(("app",), environ) == []
    install(system / "app.desktop", "Name=App", "Exec=one")
    assert [entry.argv for entry in apps.find(("app",), environ)] == [("one",)]


def test_a_broken_file_is_skipped(
    system: Path, home: Path, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    install(system / "app.desktop", "Name=App", "Exec=one")
    install(home / "app.desktop", "Name=App", 'Exec="two')
    with caplog.at_level(logging.DEBUG, logger=installed_apps.__name__):
        assert found(environ, "app") == ["one"]
    assert "a quote is not closed" in caplog.text
