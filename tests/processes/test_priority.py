from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from voice_assistant.processes.priority import lower_priority


@pytest.fixture
def other() -> Iterator[psutil.Popen]:
    """A process that waits for the end of its input."""
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with psutil.Popen(command, stdin=subprocess.PIPE) as process:
        yield process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has classes")
@pytest.mark.parametrize(
    ("before", "idle", "after"), [(0, False, 10), (0, True, 19), (15, False, 15), (10, True, 19)]
)
def test_priority_is_only_ever_lowered(
    other: psutil.Popen, before: int, idle: bool, after: int
) -> None:
    other.nice(before)
    lower_priority(other.pid, idle=idle)
    assert other.nice() == after


@pytest.mark.skipif(sys.platform != "win32", reason="others have numbers")
@pytest.mark.parametrize(("idle", "name"), [(False, "BELOW_NORMAL"), (True, "IDLE")])
def test_classes_of_windows(other: psutil.Popen, idle: bool, name: str) -> None:
    lower_priority(other.pid, idle=idle)
    assert other.nice() == getattr(psutil, f"{name}_PRIORITY_CLASS")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
@pytest.mark.parametrize("idle", [False, True])
def test_what_is_idle_leaves_the_disk_to_others(other: psutil.Popen, idle: bool) -> None:
    lower_priority(other.pid, idle=idle)
    assert (other.ionice().ioclass == psutil.IOPRIO_CLASS_IDLE) is idle


def test_a_process_that_has_ended(other: psutil.Popen) -> None:
    other.kill()
    other.wait()
    lower_priority(other.pid)
