from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from voice_assistant.console import Console
from voice_assistant.launcher import testing


class Commands:
    """Stands in for `subprocess.run`; `codes` are exit codes by module."""

    def __init__(self) -> None:
        self.ran: list[list[str]] = []
        self.missing = ""
        self.codes: dict[str, int] = {}

    def run(
        self, command: list[str], cwd: Path, env: dict[str, str], **_: Any
    ) -> subprocess.CompletedProcess[bytes]:
        assert command[:2] == [sys.executable, "-m"]
        self.ran.append(command[2:])
        self.missing = env[testing.MISSING_VARIABLE]
        return subprocess.CompletedProcess(command, self.codes.get(command[2], 0))


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    stand_in = Commands()
    monkeypatch.setattr("voice_assistant.launcher.testing.subprocess.run", stand_in.run)
    monkeypatch.setattr(testing, "prepare_system", lambda *_: ["xvfb", "chromium"])
    return stand_in


def test_all_checks_and_pytest_last(commands: Commands, tmp_path: Path) -> None:
    assert testing.run_tests(tmp_path, [], Console("en")) == 0
    assert [command[0] for command in commands.ran] == ["ruff", "ruff", "mypy", "pytest"]
    assert commands.ran[-1][:3] == ["pytest", "-n", "auto"]
    assert commands.missing == "xvfb,chromium"


def test_chosen_tests_only(commands: Commands, tmp_path: Path) -> None:
    testing.run_tests(tmp_path, ["tests/launcher", "-k", "x"], Console("en"))
    (command,) = commands.ran
    assert command[0] == "pytest"
    assert command[-3:] == ["tests/launcher", "-k", "x"]


@pytest.mark.parametrize(
    ("codes", "code"),
    [({"mypy": 2, "pytest": 1}, 2), ({"pytest": 5}, 5), ({"ruff": 1}, 1)],
)
def test_first_failure_is_told_after_all_have_run(
    commands: Commands, tmp_path: Path, codes: dict[str, int], code: int
) -> None:
    commands.codes = codes
    assert testing.run_tests(tmp_path, [], Console("en")) == code
    assert len(commands.ran) == 4
