"""The application in this process, with the fake engine and a desktop that only remembers."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.support.hostile_uploads import wav
from tests.support.sounds import clip
from tests.support.waiting import wait_until
from voice_assistant.api.app import create_app
from voice_assistant.assistant.services import Services
from voice_assistant.choice.chooser import Chooser
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.settings import Settings
from voice_assistant.speech.worker.sound.audio import decode

RATE = 16_000
BASE_URL = "http://127.0.0.1:8889"


class RememberingDesktop:
    """Launches nothing; `launched` says what it was asked for."""

    def __init__(self) -> None:
        self.launched: list[tuple[str, ...]] = []
        self.needed_screen: list[bool] = []
        """Whether each app that it was to start needed a screen."""
        self.installed: set[str] = set()
        self.outcome = Outcome("started")

    def start_app(
        self, candidates: Sequence[Argv], names: Sequence[str], *, needs_screen: bool = True
    ) -> Outcome:
        self.needed_screen.append(needs_screen)
        if not candidates and self.installed.isdisjoint(names):
            return Outcome("not_found", names[0])
        self.launched.append(("app", names[0]))
        return self.outcome

    def close_app(self, commands: Sequence[Argv], names: Sequence[str]) -> Outcome:
        self.launched.append(("close", *(commands[0] if commands else ()), *names))
        return self.outcome

    def open_url(self, url: str) -> Outcome:
        self.launched.append(("url", url))
        return self.outcome

    def run_system(self, action: str, value: str | None) -> Outcome:
        self.launched.append(("system", action, value or ""))
        return self.outcome


class App:
    """A running application, and the desktop that it is given to remember what it is asked for."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.desktop = RememberingDesktop()
        self.services.desktop = self.desktop

    @property
    def services(self) -> Services:
        services: Services = self.client.app.state.services  # type: ignore[attr-defined]
        return services

    def wait_until_ready(self) -> None:
        wait_until(lambda: self.client.get("/ready").status_code == 200)


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


def app_for(settings: Settings) -> FastAPI:
    """The application, not started yet."""
    return create_app(settings, Chooser(settings))


def _run(settings: Settings) -> Iterator[App]:
    app = app_for(settings)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        running = App(client)
        running.wait_until_ready()
        yield running


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One application for all tests of a worker that do not change its settings."""
    yield from _run(settings_for(tmp_path_factory.mktemp("api")))


@pytest.fixture
def app(shared_app: App) -> App:
    """The shared application with a desktop that nobody has used."""
    return App(shared_app.client)


@pytest.fixture
def client(app: App) -> TestClient:
    return app.client


def silence(seconds: float = 1.0) -> bytes:
    """A wav file in which nothing can be heard."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * int(seconds * RATE)))
    return out.getvalue()


def sentences(pause_s: float) -> bytes:
    """A wav file in which 打开计算器 is said twice."""
    spoken = decode(clip("zm_yunxi_000"), max_s=60)
    pause = np.zeros(int(pause_s * RATE), np.float32)
    return wav((np.concatenate([spoken, pause, spoken]) * 32767).astype("<i2").tobytes())


@pytest.fixture(scope="session")
def sound() -> bytes:
    """打开计算器, 2.02 s."""
    return clip("zm_yunxi_000")
