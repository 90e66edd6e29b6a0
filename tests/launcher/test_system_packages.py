from __future__ import annotations

import os
from pathlib import Path

import pytest

from voice_assistant.console import Console
from voice_assistant.launcher.system_packages import (
    LINUX_NEEDS,
    Need,
    find_browser,
    prepare_system,
)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs, besides what scripts need."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "env", "touch", "chmod"):
        found = next(path for part in os.defpath.split(":") if (path := Path(part, name)).exists())
        (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return folder


def add(programs: Path, name: str, script: str = "exit 0") -> None:
    path = programs / name
    path.write_text(f"#!{programs}/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def needs_tool(programs: Path) -> Need:
    return Need("tool", (programs / "tool").exists, (("tool",), ("tool-ng", "more"), ("tool-old",)))


def test_nothing_missing_runs_nothing(programs: Path, tmp_path: Path) -> None:
    add(programs, "tool")
    assert prepare_system(Console("en"), tmp_path / "log", [needs_tool(programs)]) == []
    assert not (tmp_path / "log").exists()


def test_installs_until_it_is_there(
    programs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(
        programs,
        "apt-get",
        f'echo "$DEBIAN_FRONTEND $*"; case "$*" in *-ng*) touch {programs}/tool; esac',
    )
    assert prepare_system(Console("en"), tmp_path / "log", [needs_tool(programs)]) == []
    ran = [line for line in (tmp_path / "log").read_text().splitlines() if line[0] != "$"]
    options = "noninteractive -y -o DPkg::Lock::Timeout=300"
    assert ran == [
        f"{options} update",
        f"{options} install --no-install-recommends tool",
        f"{options} install --no-install-recommends tool-ng more",
    ]
    assert "is missing" not in capsys.readouterr().out


def test_what_cannot_be_installed_is_named(
    programs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(programs, "apt-get", "echo no network; exit 100")
    assert prepare_system(Console("en"), tmp_path / "log", [needs_tool(programs)]) == ["tool"]
    output = capsys.readouterr().out
    assert f"details: {tmp_path / 'log'}" in output
    assert "tool is missing" in output
    assert "sudo apt install tool\n" in output
    assert "no network" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(("may", "ran"), [("exit 0", True), ("exit 1", False)])
def test_others_than_root_need_sudo_without_a_password(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, may: str, ran: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    add(programs, "apt-get")
    add(programs, "sudo", f'[ "$1" = -n ] || exit 9; echo "sudo $*"; {may}')
    assert prepare_system(Console("en"), tmp_path / "log", [needs_tool(programs)]) == ["tool"]
    log = tmp_path / "log"
    assert log.exists() == ran
    if ran:
        assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get" in log.read_text()


def test_without_apt_it_only_says_so(programs: Path, tmp_path: Path) -> None:
    assert prepare_system(Console("en"), tmp_path / "log", [needs_tool(programs)]) == ["tool"]
    assert not (tmp_path / "log").exists()


def test_a_browser_that_is_only_a_stub_does_not_count(programs: Path) -> None:
    add(programs, "chromium-browser", 'echo "install the chromium snap"; exit 1')
    assert find_browser() is None
    add(programs, "google-chrome")
    assert find_browser() == str(programs / "google-chrome")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("chromium", {"chromium": "exit 0"}),
        ("xvfb", {"Xvfb": "", "xwininfo": ""}),
        ("calculator", {"galculator": ""}),
        ("cjk-font", {"fc-list": '[ "$1" = :lang=zh ] && echo /usr/share/fonts/wqy.ttc'}),
    ],
)
def test_each_need_is_noticed(programs: Path, name: str, parts: dict[str, str]) -> None:
    (need,) = (each for each in LINUX_NEEDS if each.name == name)
    assert not need.is_here()
    for program, script in parts.items():
        add(programs, program, script)
    assert need.is_here()
