"""Stopping the launcher while it installs: its package index takes requests and never answers."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.tiny_project import STAGE_2_CODE, TinyProject
from voice_assistant.launcher.main import INTERRUPTED
from voice_assistant.processes.lock import exclusive


@dataclass
class Stuck:
    """A launcher whose pip waits on `connection`."""

    process: subprocess.Popen[str]
    connection: socket.socket


@pytest.fixture
def stuck(ready: TinyProject) -> Iterator[Stuck]:
    ready.requirements.write_text(ready.publish("greeting", "2.0", "bye"), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as index:
        index.settimeout(60)
        process = ready.popen(
            PIP_NO_INDEX="0",
            PIP_INDEX_URL=f"http://127.0.0.1:{index.getsockname()[1]}/simple",
            PIP_TIMEOUT="300",
            PIP_RETRIES="0",
        )
        with process, index.accept()[0] as connection:
            yield Stuck(process, connection)
            process.kill()


def lock_is_free(project: TinyProject) -> bool:
    class LockedError(Exception):
        pass

    def give_up() -> None:
        raise LockedError

    try:
        with exclusive(project.venv / "install.lock", on_wait=give_up):
            return True
    except LockedError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_while_installing(ready: TinyProject, stuck: Stuck, number: signal.Signals) -> None:
    stuck.process.send_signal(number)
    output, _ = stuck.process.communicate(timeout=60)
    assert stuck.process.returncode == INTERRUPTED
    assert "Stopped." in output
    assert "Traceback" not in output
    assert lock_is_free(ready)  # pip holds it too, so pip is gone
    assert ready.stamp.unfinished


def test_next_start_after_kill_9_waits_for_pip_and_completes(
    ready: TinyProject, stuck: Stuck
) -> None:
    stuck.process.kill()
    stuck.process.wait(timeout=60)
    assert not lock_is_free(ready)  # pip outlives its launcher
    with ready.popen() as second:
        assert second.stdout is not None
        assert "waiting" in second.stdout.readline()
        stuck.connection.close()
        output, _ = second.communicate(timeout=300)
    assert second.returncode == STAGE_2_CODE
    assert "unfinished or is broken" in output
    assert "STAGE 2 serve bye" in output
