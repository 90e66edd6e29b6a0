from __future__ import annotations

import subprocess
import sys

import pytest

from voice_assistant import ROOT

ONLY_STANDARD = """
import runpy
import sys

sys.argv = ["test_gpu.py", "--help"]
try:
    runpy.run_path("test_gpu.py", run_name="__main__")
finally:
    print(*sorted({name.split(".")[0] for name in sys.modules} - sys.stdlib_module_names))
"""


@pytest.mark.parametrize(("locale", "word"), [("zh", "退出码"), ("en", "Exit codes")])
def test_help_needs_nothing_but_the_standard_library(locale: str, word: str) -> None:
    result = subprocess.run(
        [sys.executable, "-S", "-c", ONLY_STANDARD],
        cwd=ROOT,
        env={"VOICE_LOCALE": locale, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert word in result.stdout
    assert result.stdout.splitlines()[-1] == "__main__ voice_assistant"
