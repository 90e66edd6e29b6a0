from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from voice_assistant.console import Console
from voice_assistant.launcher.branches import PURE_FOLDERS, judge_branches, measuring

MODULE = """
def sign(number):
    if number < 0:
        return -1
    return 1
"""
TESTS = """
import runpy
sign = runpy.run_path("voice_assistant/{folder}/sign.py")["sign"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout whose pure folders have one module with two branches each."""
    for folder in PURE_FOLDERS:
        path = tmp_path / "voice_assistant" / folder
        path.mkdir(parents=True)
        (path / "sign.py").write_text(MODULE, encoding="utf-8")
    return tmp_path


def judge(root: Path, numbers: dict[str, tuple[int, ...]]) -> int:
    """Call each folder's function with these numbers, and judge that."""
    calls = [
        TESTS.format(folder=folder) + f"for number in {numbers[folder]}: sign(number)"
        for folder in numbers
    ]
    (root / "calls.py").write_text("\n".join(calls), encoding="utf-8")
    subprocess.run([sys.executable, "-m", *measuring("calls")], cwd=root, check=True)
    return judge_branches(root, Console("en"))


def test_every_branch_taken(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(root, dict.fromkeys(PURE_FOLDERS, (-1, 1))) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    for folder in PURE_FOLDERS:
        assert f"{folder}: its tests take 100.0 % of its branches (2 of 2)" in shown.out


@pytest.mark.parametrize("folder", PURE_FOLDERS)
def test_one_folder_with_too_few_branches_fails(
    root: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge(root, {**dict.fromkeys(PURE_FOLDERS, (-1, 1)), folder: (1,)}) == 1
    assert f"{folder}: its tests take only 50.0 %" in capsys.readouterr().err


def test_a_module_that_no_test_runs_counts(root: Path) -> None:
    (root / "voice_assistant" / "choice" / "other.py").write_text(MODULE, encoding="utf-8")
    assert judge(root, dict.fromkeys(PURE_FOLDERS, (-1, 1))) == 1


def test_a_folder_that_does_not_exist_fails(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "voice_assistant" / "choice").rename(root / "voice_assistant" / "choices")
    assert judge(root, {"commands": (-1, 1), "models/formats": (-1, 1)}) == 1
    assert "choice: its tests take only 0.0 %" in capsys.readouterr().err


def test_nothing_measured_fails(root: Path) -> None:
    assert judge_branches(root, Console("en")) != 0
