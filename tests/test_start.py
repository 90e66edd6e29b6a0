from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from voice_assistant import ROOT

START = ROOT / "start.py"
PRETEND_OLD = """
import runpy
import sys

sys.version_info = (3, 6, 15, "final", 0)
sys.version = "3.6.15 (default)"
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
finally:
    sys.stdout.write(",".join(name for name in sys.modules if name.startswith("voice_assistant")))
"""


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "PYTHONUTF8": "1", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_old_python_gets_a_sentence() -> None:
    result = run("-c", PRETEND_OLD, str(START))
    assert result.returncode == 1
    assert "需要 Python 3.10 或更新的版本，当前是 3.6.15" in result.stderr
    assert "Python 3.10 or newer is needed; this is 3.6.15" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""  # nothing of ours was imported


def test_parses_on_old_pythons() -> None:
    source = START.read_text(encoding="utf-8")
    newer_than_2_7 = (ast.JoinedStr, ast.AnnAssign, ast.AsyncFunctionDef, ast.Nonlocal)
    for node in ast.walk(ast.parse(source, feature_version=(3, 7))):
        assert not isinstance(node, newer_than_2_7)
        assert not (isinstance(node, ast.FunctionDef) and (node.returns or node.args.kwonlyargs))
        assert not (isinstance(node, ast.Raise) and node.cause)
    assert "coding: utf-8" in "".join(source.splitlines()[:2])


@pytest.mark.parametrize(("locale", "word"), [("zh_CN.UTF-8", "用法"), ("en_US.UTF-8", "Usage")])
def test_help(locale: str, word: str) -> None:
    result = run(str(START), "--help", LC_ALL=locale, VOICE_LOCALE="")
    assert result.returncode == 0
    assert word in result.stdout
    assert result.stderr == ""


def test_bad_command_line() -> None:
    result = run(str(START), "--nope", VOICE_LOCALE="en")
    assert result.returncode == 2
    assert result.stderr.startswith("The command line is wrong: ")
    assert "--nope" in result.stderr
