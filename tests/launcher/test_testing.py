from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from voice_assistant.console import Console
from voice_assistant.launcher import testing
from voice_assistant.launcher.branches import PURE_FOLDERS
from voice_assistant.launcher.node_tools import SCRIPT_CHECKS

MEASURED = ["coverage"] * len(PURE_FOLDERS)
CHECKS = [*MEASURED, "eslint", "import-linter", "mypy", "pytest", "ruff", "ruff", "tsc"]


def name_of(command: Sequence[str]) -> str:
    """The program that a command runs, by module."""
    for name, script in SCRIPT_CHECKS.items():
        if command == script:
            return name
    assert command[0] == sys.executable
    return command[2] if command[1] == "-m" else "import-linter"


class Commands:
    """Stands in for `subprocess.run`, npm and the judge of branches; `codes` are by name."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.missing = ""
        self.codes: dict[str, int] = {}
        self._lock = threading.Lock()

    @property
    def names(self) -> list[str]:
        return [command[0] for command in self.ran]

    def run(
        self, command: Sequence[str], env: dict[str, str] | None = None, **_: Any
    ) -> subprocess.CompletedProcess[str]:
        name = name_of(command)
        with self._lock:
            self.ran.append([name, *command[3:]])
            if env:
                self.missing = env[testing.MISSING_VARIABLE]
        return subprocess.CompletedProcess(command, self.codes.get(name, 0), f"{name} says so")

    def prepare_system(self, *_: object) -> list[str]:
        return ["xvfb", "chromium"]

    def install(self, *_: object) -> int:
        self.ran.append(["npm"])
        return self.codes.get("npm", 0)

    def judge(self, *_: object) -> int:
        self.ran.append(["branches"])
        return self.codes.get("branches", 0)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    stand_in = Commands()
    monkeypatch.setattr("voice_assistant.launcher.testing.subprocess.run", stand_in.run)
    monkeypatch.setattr(testing, "prepare_system", stand_in.prepare_system)
    monkeypatch.setattr(testing, "install_node_tools", stand_in.install)
    monkeypatch.setattr(testing, "judge_branches", stand_in.judge)
    return stand_in


def test_all_checks_and_pytest_last(commands: Commands, tmp_path: Path) -> None:
    assert testing.run_tests(tmp_path, [], Console("en")) == 0
    assert commands.names[0] == "npm"
    assert sorted(commands.names[1:-2]) == CHECKS
    assert commands.names[-2:] == ["branches", "pytest"]
    assert commands.ran[-1][:3] == ["pytest", "-n", "auto"]
    assert "--durations=20" in commands.ran[-1]
    assert commands.missing == "xvfb,chromium"


def test_every_test_runs_once(commands: Commands, tmp_path: Path) -> None:
    testing.run_tests(tmp_path, [], Console("en"))
    quick = [command[-1] for command in commands.ran[:-1] if command[-1].startswith("tests/")]
    assert set(quick) > {f"tests/{folder}" for folder in PURE_FOLDERS}
    ignored = [argument for argument in commands.ran[-1] if argument.startswith("--ignore=")]
    assert sorted(ignored) == sorted(f"--ignore={folder}" for folder in quick)


def test_check_is_all_but_the_slow_tests(commands: Commands, tmp_path: Path) -> None:
    assert testing.run_checks(tmp_path, Console("en")) == 0
    assert sorted(commands.names[1:-1]) == CHECKS
    assert commands.names[-1] == "branches"


def test_what_a_check_says_is_shown_with_its_name(
    commands: Commands, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    testing.run_checks(tmp_path, Console("en"))
    lines = capsys.readouterr().out.splitlines()
    below = lines[lines.index("mypy says so") - 1]
    assert below.startswith("mypy (")


def test_chosen_tests_only(commands: Commands, tmp_path: Path) -> None:
    testing.run_tests(tmp_path, ["tests/launcher", "-k", "x"], Console("en"))
    _, command = commands.ran
    assert command[0] == "pytest"
    assert command[-3:] == ["tests/launcher", "-k", "x"]


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ({"mypy": 2, "branches": 1}, 2),
        ({"pytest": 5}, 5),
        ({"coverage": 5}, 5),
        ({"ruff": 1}, 1),
        ({"eslint": 3}, 3),
        ({"import-linter": 4}, 4),
        ({"branches": 6}, 6),
        ({"npm": 7}, 7),
    ],
)
def test_first_failure_is_told_after_all_have_run(
    commands: Commands, tmp_path: Path, codes: dict[str, int], code: int
) -> None:
    commands.codes = codes
    assert testing.run_tests(tmp_path, [], Console("en")) == code
    assert len(commands.ran) == len(CHECKS) + 3


@pytest.mark.parametrize(("codes", "code"), [({}, 0), ({"tsc": 1}, 1), ({"npm": 7}, 7)])
def test_check_fails_when_a_check_or_npm_does(
    commands: Commands, tmp_path: Path, codes: dict[str, int], code: int
) -> None:
    commands.codes = codes
    assert testing.run_checks(tmp_path, Console("en")) == code
    assert len(commands.ran) == len(CHECKS) + 2
