"""Prepare what the tests need, then run every check: `python start.py test` and `check`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from voice_assistant.console import Console
from voice_assistant.launcher.branches import PURE_FOLDERS, judge_branches, measuring
from voice_assistant.launcher.node_tools import SCRIPT_CHECKS, install_node_tools
from voice_assistant.launcher.system_packages import prepare_system

MISSING_VARIABLE = "VOICE_TEST_MISSING"
"""Tells pytest what the system lacks: names of `Need`, with commas."""

_QUICK_TESTS = tuple(f"tests/{folder}" for folder in (*PURE_FOLDERS, "desktop"))
_PYTHON = (sys.executable, "-m")
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"
# Those that take longest come first: the others run beside them.
_CHECKS: dict[str, tuple[str, ...]] = {
    **{f"pytest tests/{folder}": (*_PYTHON, *measuring(folder)) for folder in PURE_FOLDERS},
    "mypy": (*_PYTHON, "mypy"),
    "pytest tests/desktop": (*_PYTHON, "pytest", "-q", "tests/desktop"),
    "ruff check": (*_PYTHON, "ruff", "check", "."),
    "ruff format": (*_PYTHON, "ruff", "format", "--check", "."),
    "lint-imports": (sys.executable, "-c", _LINT_IMPORTS, "--no-logo"),
    **SCRIPT_CHECKS,
}
# More workers than this would each load the model for little gain.
_PYTEST = ("pytest", "-n", "auto", "--maxprocesses=8")
_ALL_BUT_QUICK = ("--durations=20", *(f"--ignore={folder}" for folder in _QUICK_TESTS))


def run_checks(root: Path, console: Console) -> int:
    """Run what takes under a minute: linters, types, and the tests of the quick folders.

    Args:
        root: the folder of the checkout, where they run.
        console: where it is said what runs.

    Returns:
        The exit code of the first that failed, else 0.
    """
    installed = install_node_tools(root, console)
    return _check(root, console) or installed


def run_tests(root: Path, pytest_arguments: Sequence[str], console: Console) -> int:
    """Run the checks and all other tests, or only the tests that are asked for, whatever fails.

    Args:
        root: the folder of the checkout, where they run.
        pytest_arguments: passed on to pytest.
        console: where it is said what runs.

    Returns:
        The exit code of the first that failed, else 0.
    """
    console.show("section", "launcher.system_checking")
    missing = prepare_system(console, root / ".venv" / "apt.log")
    failure = install_node_tools(root, console)
    if not pytest_arguments:
        failure = _check(root, console) or failure
    arguments = (*_PYTEST, *(pytest_arguments or _ALL_BUT_QUICK))
    console.write("section", " ".join(arguments))
    command = [*_PYTHON, *arguments]
    environment = {**os.environ, MISSING_VARIABLE: ",".join(missing)}
    tests = subprocess.run(command, cwd=root, env=environment, check=False)
    return failure or tests.returncode


def _check(root: Path, console: Console) -> int:
    """Run the checks beside each other, and show the output of each when it has ended."""

    def run(name: str, command: Sequence[str]) -> tuple[str, subprocess.CompletedProcess[str]]:
        began = time.monotonic()
        result = subprocess.run(
            command,
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return f"{name} ({time.monotonic() - began:.1f} s)", result

    failure = 0
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        for done in as_completed([pool.submit(run, *check) for check in _CHECKS.items()]):
            title, result = done.result()
            console.write("section", title)
            if output := result.stdout.strip():
                console.write("plain", output)
            failure = failure or result.returncode
    finally:
        pool.shutdown(cancel_futures=True)
    judged = judge_branches(root, console)
    return failure or judged
