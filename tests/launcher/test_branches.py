from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.console import Console
from voice_assistant.launcher import branches
from voice_assistant.launcher.branches import PURE_FOLDERS, judge_branches, measuring

MODULE = """
def sign(number):
    if number < 0:
        return -1
    return 1
"""
TESTS = """
import runpy

def test_sign():
    sign = runpy.run_path("voice_assistant/{folder}/sign.py")["sign"]
    for number in {numbers}:
        sign(number)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which `commands` is tested well, `choice` half, and one module never."""
    root = tmp_path_factory.mktemp("checkout")
    for folder, numbers in {"commands": (-1, 1), "choice": (1,), "models/formats": (-1, 1)}.items():
        for path in (root / "voice_assistant" / folder, root / "tests" / folder):
            path.mkdir(parents=True)
        (root / "voice_assistant" / folder / "sign.py").write_text(MODULE, encoding="utf-8")
        text = TESTS.format(folder=folder, numbers=numbers)
        (root / "tests" / folder / "test_sign.py").write_text(text, encoding="utf-8")
    (root / "voice_assistant" / "models" / "formats" / "other.py").write_text(MODULE, "utf-8")
    for folder in ("commands", "choice", "models/formats"):
        subprocess.run([sys.executable, "-m", *measuring(folder)], cwd=root, check=True)
    return root


def test_a_folder_whose_tests_take_every_branch(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(branches, "PURE_FOLDERS", ["commands"])
    assert judge_branches(root, Console("en")) == 0
    sentence = "commands: its tests take 100.0 % of its branches (2 of 2)"
    assert capfd.readouterr().out == f"{sentence}\n"


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [
        ("choice", "choice: its tests take only 50.0 % of its branches (1 of 2)"),
        ("models/formats", "models/formats: its tests take only 50.0 % of its branches (2 of 4)"),
        ("nowhere", "nowhere: which branches its tests take was not measured"),
    ],
    ids=["too few", "a module without tests", "a folder that does not exist"],
)
def test_one_folder_is_enough_to_fail(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    folder: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(branches, "PURE_FOLDERS", [folder, "commands"])
    assert judge_branches(root, Console("en")) == 1
    assert sentence in capfd.readouterr().err


@pytest.mark.parametrize("folder", PURE_FOLDERS)
def test_the_pure_folders_and_their_tests_exist(folder: str) -> None:
    assert (ROOT / "voice_assistant" / folder).is_dir()
    assert (ROOT / "tests" / folder).is_dir()


def test_branches_are_counted_by_folder_on_every_system() -> None:
    measured = {
        "files": {
            "voice_assistant/api/app.py": {"summary": {"covered_branches": 1, "num_branches": 4}},
            "voice_assistant\\api\\body.py": {
                "summary": {"covered_branches": 2, "num_branches": 2}
            },
            "voice_assistant/errors.py": {"summary": {"covered_branches": 3, "num_branches": 3}},
            "voice_assistant/speech/task.py": {
                "summary": {"covered_branches": 0, "num_branches": 0}
            },
        }
    }
    assert branches.count_by_folder(measured) == {
        "voice_assistant": (3, 3),
        "voice_assistant/api": (3, 6),
    }
