"""The application in this process, with the fake engine and a desktop that only remembers."""

from __future__ import annotations

import io
import math
import struct
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.server import create_app
from voice_assistant.settings import Settings

BASE_URL = "http://127.0.0.1:8889"


class RememberingDesktop:
    """Launches nothing; `launched` says what it was asked for."""

    def __init__(self) -> None:
        self.launched: list[tuple[str, ...]] = []
        self.installed: set[str] = set()
        self.outcome = Outcome("started")

    def start_app(
        self, candidates: tuple[Argv, ...], names: tuple[str, ...], *, needs_screen: bool = True
    ) -> Outcome:
        if not candidates and self.installed.isdisjoint(names):
            return Outcome("not_found", names[0])
        self.launched.append(("app", names[0]))
        return self.outcome

    def close_app(self, commands: tuple[Argv, ...], names: tuple[str, ...]) -> Outcome:
        self.launched.append(("close", names[0]))
        return self.outcome

    def open_url(self, url: str) -> Outcome:
        self.launched.append(("url", url))
        return self.outcome

    def run_system(self, action: str, value: str | None) -> Outcome:
        self.launched.append(("system", action, value or ""))
        return self.outcome


class App:
    """A running application and what its desktop was asked for."""

    def __init__(self, client: TestClient, desktop: RememberingDesktop) -> None:
        self.client = client
        self.desktop = desktop

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 60
        while self.client.get("/ready").status_code != 200:
            assert time.monotonic() < deadline, self.client.get("/health").text
            time.sleep(0.05)


MakeSettings = Callable[..., Settings]


def settings_for(folder: Path, **values: object) -> Settings:
    """Settings that read nothing of this machine and write only into `folder`."""
    defaults: dict[str, object] = {
        "engine": "fake",
        "model_dir": folder / "models",
        "log_file": folder / "log",
        "commands_file": folder / "commands.toml",
        "locale": "en",
    }
    return Settings(**{**defaults, **values})  # type: ignore[arg-type]


@pytest.fixture
def make_settings(tmp_path: Path) -> MakeSettings:
    return lambda **values: settings_for(tmp_path, **values)


def _run(settings: Settings) -> Iterator[App]:
    app = create_app(settings)
    desktop = RememberingDesktop()
    app.state.services.desktop = desktop
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        running = App(client, desktop)
        running.wait_until_ready()
        yield running


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One application for all tests of a worker that do not change its settings."""
    yield from _run(settings_for(tmp_path_factory.mktemp("api")))


@pytest.fixture
def app(shared_app: App) -> App:
    shared_app.desktop.launched.clear()
    shared_app.desktop.installed.clear()
    shared_app.desktop.outcome = Outcome("started")
    return shared_app


@pytest.fixture
def client(app: App) -> TestClient:
    return app.client


def tone(seconds: float = 0.5, rate: int = 16_000) -> bytes:
    """A wav file with something to hear."""
    count = int(seconds * rate)
    samples = (int(8000 * math.sin(2 * math.pi * 440 * i / rate)) for i in range(count))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


@pytest.fixture(scope="session")
def sound() -> bytes:
    return tone()
