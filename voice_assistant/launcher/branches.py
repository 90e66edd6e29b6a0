r"""Count how many branches of each folder tests go through.

With the other checks only the pure folders are measured, each by its own tests: tracing slows tests
down, and most of the others do their work in processes of their own. All folders, by all tests, as
CI has it in a job of its own:

    .venv/bin/python -m coverage run --branch --source=voice_assistant \
        --data-file=.venv/coverage -m pytest -m "not needs"
    .venv/bin/python -m voice_assistant.launcher.branches
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any

from voice_assistant import ROOT
from voice_assistant.console import Console

PURE_FOLDERS = ("commands", "choice", "models/formats")
"""In voice_assistant/, and their tests in tests/."""

LEAST_PERCENT = 95

_OF_ALL = ".venv/coverage"
_COUNTED = ".venv/branches.json"


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


def count_by_folder(measured: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Return for each folder how many of its branches were taken, and how many it has.

    Args:
        measured: what `coverage json` writes.
    """
    taken, every = Counter[str](), Counter[str]()
    for file, about in measured["files"].items():
        folder = PurePath(file.replace("\\", "/")).parent.as_posix()
        taken[folder] += about["summary"]["covered_branches"]
        every[folder] += about["summary"]["num_branches"]
    return {folder: (taken[folder], count) for folder, count in sorted(every.items()) if count}


def _judge(root: Path, folder: str, console: Console) -> int:
    data = _data_file(folder)
    # A name that begins with that of the data would be read as more of it at the next run.
    counted = data.replace(".coverage.", ".coverage-") + ".json"
    command = ["coverage", "json", "-q", f"--data-file={data}", "-o", counted]
    result = subprocess.run([sys.executable, "-m", *command], cwd=root, check=False)
    if result.returncode:
        console.show("error", "launcher.branches_unknown", folder=folder)
        return result.returncode
    totals: Mapping[str, int] = json.loads((root / counted).read_bytes())["totals"]
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


def main() -> int:
    """Print a line for each folder of what was measured of all; return coverage's exit code."""
    # In a folder of its own: coverage counts every file whose name goes on after this one's.
    command = ["coverage", "json", "-q", f"--data-file={_OF_ALL}", "-o", _COUNTED]
    result = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False)
    if result.returncode:
        return result.returncode
    measured = json.loads((ROOT / _COUNTED).read_bytes())
    for folder, (taken, every) in count_by_folder(measured).items():
        sys.stdout.write(f"{100 * taken / every:5.1f} %  {taken:5} of {every:5}  {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
