from __future__ import annotations

import time
from pathlib import Path

import psutil
from fastapi.testclient import TestClient

from tests.api.conftest import BASE_URL, App, MakeSettings, settings_for
from voice_assistant.server import create_app

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


def test_health_has_every_field_of_the_contract(client: TestClient) -> None:
    health = client.get("/health").json()
    assert set(health) >= CONTRACT
    assert health["status"] == "healthy"
    assert health["whisper_loaded"] is True
    assert health["engine"] == "fake"
    assert health["memory"]["service"] > 10
    assert health["memory"]["speech"] > 10
    assert health["queue"] == {"running": 0, "waiting": 0, "limit": 16}


def test_ready_says_loading_until_the_model_is_warm(make_settings: MakeSettings) -> None:
    with TestClient(create_app(make_settings()), base_url=BASE_URL) as client:
        early = client.get("/ready")
        assert early.status_code == 503
        assert early.json()["code"] == "LOADING"
        assert int(early.headers["retry-after"]) > 0
        assert client.get("/health").json()["status"] == "loading"


def test_a_model_that_cannot_be_loaded_is_said_and_the_service_lives(tmp_path: Path) -> None:
    blocked = tmp_path / "models"
    blocked.write_text("a file where the folder should be")
    settings = settings_for(tmp_path, engine="ctranslate2", model_dir=blocked)
    with TestClient(create_app(settings), base_url=BASE_URL) as client:
        deadline = time.monotonic() + 60
        while client.get("/health").json()["status"] == "loading":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        health = client.get("/health").json()
        assert health["status"] == "unhealthy"
        assert health["problem"]
        ready = client.get("/ready")
        assert (ready.status_code, ready.json()["success"]) == (503, False)


def test_health_starts_a_speech_process_that_died_in_silence(app: App) -> None:
    services = app.client.app.state.services  # type: ignore[attr-defined]
    process = psutil.Process(services.speech.info.pid)
    process.kill()
    process.wait(10)
    assert app.client.get("/health").json()["status"] == "loading"
    app.wait_until_ready()
    assert services.speech.info.pid != process.pid
