"""The real service, as its own process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from voice_assistant import ROOT

_READY_WITHIN_S = 120


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LiveService:
    """`python voice_api_server.py` with these settings (without `VOICE_`), until `stop`.

    Raises:
        RuntimeError: it did not get ready; the message has what it wrote.
    """

    def __init__(self, folder: Path, origins: Iterable[str], /, **settings: str) -> None:
        settings = {"port": str(free_port()), **settings}
        self.port = int(settings["port"])
        self.url = f"http://127.0.0.1:{self.port}"
        self._token = settings.get("token", "")
        self.output = folder / f"service-{self.port}.txt"
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("VOICE_")
        }
        environment |= {
            "VOICE_ALLOWED_ORIGINS": json.dumps(list(origins)),
            "VOICE_LOG_FILE": str(folder / f"service-{self.port}.log"),
            "VOICE_COMMANDS_FILE": str(folder / "commands.toml"),
            "VOICE_LOCALE": "zh",
            **{f"VOICE_{name.upper()}": value for name, value in settings.items()},
        }
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "voice_api_server.py")],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ask it to end, and insist."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._is_ready():
                return
            time.sleep(0.1)
        raise RuntimeError(f"not ready:\n{self.output.read_text(errors='replace')}")

    def _is_ready(self) -> bool:
        headers = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(f"{self.url}/ready", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False
