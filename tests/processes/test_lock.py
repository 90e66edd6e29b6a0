from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.processes.lock import exclusive

HOLD = """
import sys
from pathlib import Path
from voice_assistant.processes.lock import exclusive
with exclusive(Path(sys.argv[1]), on_wait=lambda: None):
    sys.stdout.write("held\\n")
    sys.stdout.flush()
    sys.stdin.readline()
"""


class WaitedError(Exception):
    pass


def give_up() -> None:
    raise WaitedError


@pytest.mark.parametrize("end", ["release", "kill"])
def test_one_process_at_a_time(tmp_path: Path, end: str) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WaitedError), exclusive(path, on_wait=give_up):
            pass
        if end == "kill":
            other.kill()
        else:
            other.communicate("\n", timeout=60)
        other.wait(timeout=60)
    with exclusive(path, on_wait=give_up):
        assert path.exists()


def test_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(2):
        with exclusive(tmp_path / "lock", on_wait=give_up):
            pass
