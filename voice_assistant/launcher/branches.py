"""Count how many branches of each pure folder its own tests go through.

Only these folders are measured: tracing slows tests down, and most of the others do their work in
processes of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from voice_assistant.console import Console

PURE_FOLDERS = ("commands", "choice", "models/formats")
"""In voice_assistant/, and their tests in tests/."""

LEAST_PERCENT = 95


def measuring(folder: str) -> tuple[str, ...]:
    """Return arguments for Python's `-m` that run a folder's tests and note its branches."""
    coverage = ("coverage", "run", "--branch", f"--source=voice_assistant/{folder}")
    return (*coverage, f"--data-file={_data_file(folder)}", "-m", "pytest", "-q", f"tests/{folder}")


def judge_branches(root: Path, console: Console) -> int:
    """Show how many branches of each pure folder were taken.

    Args:
        root: the folder of the checkout, where it was measured.
        console: where it is shown.

    Returns:
        An exit code: not 0 if a folder has too few, or was not measured.
    """
    return max([_judge(root, folder, console) for folder in PURE_FOLDERS])


def _judge(root: Path, folder: str, console: Console) -> int:
    data = _data_file(folder)
    command = ["coverage", "json", "-q", f"--data-file={data}", "-o", f"{data}.json"]
    result = subprocess.run([sys.executable, "-m", *command], cwd=root, check=False)
    if result.returncode:
        console.show("error", "launcher.branches_unknown", folder=folder)
        return result.returncode
    totals: Mapping[str, int] = json.loads((root / f"{data}.json").read_bytes())["totals"]
    covered, every = totals["covered_branches"], totals["num_branches"]
    percent = 100 * covered / max(every, 1)
    params = {"folder": folder, "covered": covered, "every": every, "percent": f"{percent:.1f}"}
    if percent >= LEAST_PERCENT:
        console.show("good", "launcher.branches", **params)
        return 0
    console.show("error", "launcher.branches_few", **params, least=LEAST_PERCENT, data=data)
    return 1


def _data_file(folder: str) -> str:
    return f".coverage.{folder.replace('/', '.')}"
