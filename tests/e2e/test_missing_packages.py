"""Tests of what cannot run here are skipped loudly, and in CI not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from voice_assistant import ROOT

NEEDY = """
import pytest

@pytest.mark.needs("chromium", "xvfb")
def test_needy(): pass

def test_modest(): pass
"""


@pytest.mark.parametrize(
    ("missing", "ci", "said"),
    [
        ("", "", "2 passed"),
        ("calculator", "", "2 passed"),
        ("xvfb,calculator", "", "1 passed, 1 skipped"),
        ("xvfb,calculator", "true", "2 passed"),
    ],
)
def test_needs(tmp_path: Path, missing: str, ci: str, said: str) -> None:
    (tmp_path / "test_needy.py").write_text(NEEDY, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml")]
    command += ["-p", "tests.e2e.conftest", "-p", "no:cacheprovider", str(tmp_path)]
    result = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "VOICE_TEST_MISSING": missing, "CI": ci},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said in result.stdout, result.stdout + result.stderr
    if "skipped" in said:
        assert "xvfb is missing: sudo apt install xvfb x11-utils" in result.stdout
