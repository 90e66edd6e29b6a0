"""Stopping the service: every usual signal ends it well."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.launcher.served import start_server, wait_for_health
from tests.launcher.test_serve import free_port
from voice_assistant.launcher.port import open_listener


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serves_until_it_is_stopped(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with start_server(tmp_path, port=str(port)) as process:
        wait_for_health(port)
        process.send_signal(number)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"Serving at http://127.0.0.1:{port}/" in output
    assert f"http://127.0.0.1:{port}/docs" in output
    assert "http://localhost:8888" in output
    assert output.endswith("Ctrl-C stops.\nStopped.\n")
    open_listener("127.0.0.1", port).close()


def test_stopped_before_it_serves(tmp_path: Path) -> None:
    with start_server(tmp_path, port=str(free_port())) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.endswith("Stopped.\n")
    assert "Traceback" not in output
