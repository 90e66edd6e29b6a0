from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest
from fastapi.testclient import TestClient

from tests.support.app import BASE_URL, App, MakeSettings, app_for, settings_for
from tests.support.waiting import wait_until
from voice_assistant.assistant import memory as measured_memory
from voice_assistant.errors import ModelError, NotReadyError
from voice_assistant.machine.card import Card
from voice_assistant.speech.service.backoff import Backoff
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.process_state import (
    Failed,
    ProcessState,
    Resting,
    Stopped,
    Waiting,
)

CONTRACT = {
    "status",
    "whisper_loaded",
    "device",
    "model_info",
    "engine",
    "gpu",
    "memory",
    "queue",
    "uptime_s",
    "version",
}

_TIMER = asyncio.TimerHandle(0, lambda: None, (), Mock())
WAITING = Waiting(NotReadyError("SPEECH_PROCESS_DIED"), _TIMER)


def test_health_has_every_field_of_the_contract(client: TestClient) -> None:
    health = client.get("/health").json()
    assert set(health) >= CONTRACT
    assert health["status"] == "healthy"
    assert health["whisper_loaded"] is True
    assert health["engine"] == "fake"
    assert health["memory"]["service"] > 10
    assert health["memory"]["speech"] > 10
    assert health["queue"] == {
        "running": 0,
        "waiting": 0,
        "limit": 16,
        "long_recordings": [],
    }
    assert health["problem"] is None


def test_ready_says_loading_until_the_model_is_warm(make_settings: MakeSettings) -> None:
    with TestClient(app_for(make_settings()), base_url=BASE_URL) as client:
        early = client.get("/ready")
        assert early.status_code == 503
        assert early.json()["code"] == "LOADING"
        assert int(early.headers["retry-after"]) > 0
        assert client.get("/health").json()["status"] == "loading"


def test_a_model_that_cannot_be_loaded_is_said_and_the_service_lives(tmp_path: Path) -> None:
    blocked = tmp_path / "models"
    blocked.write_text("a file where the folder should be")
    settings = settings_for(tmp_path, engine="ctranslate2", model_dir=blocked)
    with TestClient(app_for(settings), base_url=BASE_URL) as client:
        wait_until(lambda: client.get("/health").json()["status"] != "loading")
        health = client.get("/health").json()
        assert health["status"] == "unhealthy"
        assert health["problem"]
        ready = client.get("/ready")
        assert (ready.status_code, ready.json()["success"]) == (503, False)


def test_a_speech_process_that_died_in_silence_is_replaced_though_nobody_asks(app: App) -> None:
    process = app.services.process
    assert process.info is not None
    died = psutil.Process(process.info.pid)
    died.kill()
    wait_until(lambda: process.status == "loading")
    assert app.client.get("/health").json()["status"] == "loading"
    app.wait_until_ready()
    assert process.info.pid != died.pid


def test_asking_how_it_is_starts_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    before = app.services.process.generation
    failed = Failed(ModelError("MODEL_MISSING", model="medium"))
    for state in (Stopped(), Resting(), failed, WAITING):
        monkeypatch.setattr(app.services.process, "state", state)
        for path in ("/health", "/metrics", "/ready"):
            app.client.get(path)
        assert app.services.process.state is state
    assert app.services.process.generation == before


@pytest.fixture
def resting(make_settings: MakeSettings) -> Iterator[App]:
    """An application that nobody spoke to."""
    app = app_for(make_settings(keep_alive_s=0.05))
    with TestClient(app, base_url=BASE_URL) as client:
        running = App(client)
        wait_until(lambda: client.get("/health").json()["status"] == "idle")
        yield running


def test_a_model_that_rests(resting: App) -> None:
    health = resting.client.get("/health").json()
    assert health["status"] == "idle"
    assert (health["whisper_loaded"], health["engine"], health["device"]) == (False, None, None)
    assert health["memory"]["speech"] == 0
    assert health["problem"] is None
    assert resting.client.get("/ready").status_code == 503
    assert resting.services.process.generation == 1


def test_it_is_woken_before_somebody_speaks(resting: App) -> None:
    response = resting.client.post("/wake")
    assert (response.status_code, response.json()) == (200, {"status": "loading"})
    wait_until(lambda: resting.client.get("/health").json()["status"] == "idle")
    assert resting.services.process.generation == 2


def test_a_recording_wakes_it_too(resting: App, sound: bytes) -> None:
    answer = resting.client.post("/transcribe", files={"audio_file": ("a.flac", sound)})
    assert (answer.status_code, answer.json()["transcribed_text"]) == (200, "打开计算器")


def test_waking_what_is_awake_changes_nothing(app: App) -> None:
    before = app.services.process.generation
    assert app.client.post("/wake").json() == {"status": "healthy"}
    assert app.services.process.generation == before


def test_how_far_long_recordings_are(app: App) -> None:
    portal, speech = app.client.portal, app.services.speech
    assert portal is not None
    with (
        portal.wrap_async_context_manager(speech.open(b"")) as started,
        portal.wrap_async_context_manager(speech.open(b"")),
    ):
        started.done_s, started.duration_s = 16.2, 75.0
        queue = app.client.get("/health").json()["queue"]
    assert queue["waiting"] == 2
    assert queue["long_recordings"] == [{"done_s": 16.2, "duration_s": 75.0}]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (Stopped(), "loading"),
        (Resting(), "idle"),
        (Failed(ModelError("MODEL_MISSING", model="medium")), "unhealthy"),
        (WAITING, "unhealthy"),
    ],
)
def test_what_it_is_doing(
    app: App, monkeypatch: pytest.MonkeyPatch, state: ProcessState, said: str
) -> None:
    monkeypatch.setattr(app.services.process, "state", state)
    assert app.client.get("/health").json()["status"] == said


@pytest.mark.parametrize(("language", "word"), [("en", "unexpectedly"), ("zh", "意外退出")])
def test_why_it_waits_is_said(
    app: App, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setattr(app.services.process, "state", WAITING)
    health = app.client.get("/health", headers={"Accept-Language": language}).json()
    assert word in health["problem"]
    ready = app.client.get("/ready")
    assert (ready.status_code, ready.json()["code"]) == (503, "SPEECH_PROCESS_DIED")


def test_waking_what_waits_loads_it_at_once(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    process = app.services.process
    monkeypatch.setattr(process, "_backoff", Backoff(first_s=600))
    for _ in range(2):
        app.wait_until_ready()
        assert process.info is not None
        psutil.Process(process.info.pid).kill()
        wait_until(lambda: process.info is None)
    assert app.client.get("/health").json()["status"] == "unhealthy"
    assert app.client.post("/wake").json() == {"status": "loading"}
    app.wait_until_ready()


@pytest.mark.parametrize(("language", "word"), [("en", "memory"), ("zh", "显卡")])
def test_a_better_model_that_does_not_fit_is_said(
    app: App, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    refused = ModelError("OUT_OF_MEMORY", model="medium", detail="1298 MB > 800 MB")
    monkeypatch.setattr(SpeechProcess, "fallback", refused)
    health = app.client.get("/health", headers={"Accept-Language": language}).json()
    assert (health["status"], health["whisper_loaded"]) == ("healthy", True)
    for part in (word, "medium", "1298 MB > 800 MB"):
        assert part in health["problem"]


def test_a_model_that_cannot_be_had_is_said_before_one_that_could_be_better(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Failed(ModelError("MODEL_MISSING", model="medium"))
    monkeypatch.setattr(app.services.process, "state", failed)
    monkeypatch.setattr(SpeechProcess, "fallback", ModelError("MODEL_MISSING", model="large"))
    health = app.client.get("/health").json()
    assert health["status"] == "unhealthy"
    assert "medium" in health["problem"]


def test_the_memory_of_a_card(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.services.process.info is not None
    card = Card("RTX", 16_000_000_000, 4_000_000_000, 12_000_000_000, {7: 2_000_000_000})
    monkeypatch.setattr(measured_memory, "find_cards", lambda: [card])
    expected = {"name": "RTX", "total": 16000, "free": 12000, "cap": 8000, "used_by_us": 0}
    assert app.client.get("/health").json()["gpu"] == expected
    card.by_process[app.services.process.info.pid] = 1_500_000_000
    assert app.client.get("/health").json()["gpu"] == {**expected, "used_by_us": 1500}


def test_without_a_card(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured_memory, "find_cards", list)
    assert client.get("/health").json()["gpu"] is None
