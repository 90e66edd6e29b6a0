"""Prepare what the tests need, then run every check: `python start.py test`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from voice_assistant.console import Console
from voice_assistant.launcher.system_packages import prepare_system

MISSING_VARIABLE = "VOICE_TEST_MISSING"
"""Tells pytest what the system lacks: names of `Need`, with commas."""

_CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",))
# More workers than this would each load the model for little gain.
_PYTEST = ("pytest", "-n", "auto", "--maxprocesses=8")


def run_tests(root: Path, pytest_arguments: Sequence[str], console: Console) -> int:
    """Run the linters, unless only some tests are asked for, and pytest, whatever fails.

    Args:
        root: the folder of the checkout, where they run.
        pytest_arguments: passed on to pytest.
        console: where it is said what runs.

    Returns:
        The exit code of the first that failed, else 0.
    """
    console.show("section", "launcher.system_checking")
    missing = prepare_system(console, root / ".venv" / "apt.log")
    environment = {**os.environ, MISSING_VARIABLE: ",".join(missing)}
    checks = () if pytest_arguments else _CHECKS
    failure = 0
    for check in (*checks, (*_PYTEST, *pytest_arguments)):
        console.write("section", " ".join(check))
        command = [sys.executable, "-m", *check]
        result = subprocess.run(command, cwd=root, env=environment, check=False)
        failure = failure or result.returncode
    return failure
