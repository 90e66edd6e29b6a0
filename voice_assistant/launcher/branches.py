"""How many of their branches the tests of the pure folders go through.

Only these folders are measured, each by its own tests, in one process: measuring every test would
take the whole run half as long again, and most of them work in processes of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TypedDict

from voice_assistant.console import Console

PURE_FOLDERS = ("commands", "choice", "models/formats")
"""In voice_assistant/, and their tests in tests/."""

LEAST_PERCENT = 95

_REPORT = ".coverage.json"


class _Summary(TypedDict):
    num_branches: int
    covered_branches: int


class _File(TypedDict):
    summary: _Summary


def measuring(*module: str) -> tuple[str, ...]:
    """Return arguments for Python's `-m` that run a module and count the branches it takes."""
    source = ",".join(f"voice_assistant/{folder}" for folder in PURE_FOLDERS)
    return ("coverage", "run", "--branch", f"--source={source}", "-m", *module)


def judge_branches(root: Path, console: Console) -> int:
    """Show how many branches of each pure folder were taken.

    Args:
        root: the folder of the checkout, where it was measured.
        console: where it is shown.

    Returns:
        An exit code: not 0 if a folder has too few, or none at all.
    """
    command = [sys.executable, "-m", "coverage", "json", "-q", "-o", _REPORT]
    result = subprocess.run(command, cwd=root, check=False)
    if result.returncode:
        return result.returncode
    report: Mapping[str, Mapping[str, _File]] = json.loads((root / _REPORT).read_bytes())
    failure = 0
    for folder in PURE_FOLDERS:
        covered, every = _count(report["files"], f"voice_assistant/{folder}")
        percent = 100 * covered / every if every else 0.0
        enough = percent >= LEAST_PERCENT
        console.show(
            "good" if enough else "error",
            "launcher.branches" if enough else "launcher.branches_few",
            folder=folder,
            covered=covered,
            every=every,
            percent=f"{percent:.1f}",
            least=LEAST_PERCENT,
        )
        failure = failure or int(not enough)
    return failure


def _count(files: Mapping[str, _File], folder: str) -> tuple[int, int]:
    inside = [name for name in files if PurePath(folder) in PurePath(name).parents]
    summaries = [files[name]["summary"] for name in inside]
    covered = sum(each["covered_branches"] for each in summaries)
    return covered, sum(each["num_branches"] for each in summaries)
