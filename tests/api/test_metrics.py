from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from tests.support.app import App
from voice_assistant.assistant import memory
from voice_assistant.machine.card import Card


def read(client: TestClient) -> dict[str, float]:
    """The value of each line, by its name and labels."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    values = {}
    for family in text_string_to_metric_families(response.text):
        assert family.documentation
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            values[f"{sample.name}{{{labels}}}"] = sample.value
    return values


def test_what_it_says(app: App) -> None:
    values = read(app.client)
    assert values["voice_uptime_seconds{}"] > 0
    assert values["voice_model_loaded{}"] == 1
    assert values["voice_queue_running{}"] == 0
    assert values["voice_queue_waiting{}"] == 0
    assert values["voice_queue_limit{}"] == 16
    assert values["voice_memory_bytes{process=service}"] > 1e7
    assert values["voice_memory_bytes{process=speech}"] > 1e7
    assert values["voice_speech_process_starts_total{}"] == app.services.process.generation
    assert values["voice_refused_total{}"] == 0


@pytest.mark.parametrize(
    ("path", "field"), [("/transcribe", "audio_file"), ("/v1/audio/transcriptions", "file")]
)
def test_answers_are_counted(client: TestClient, sound: bytes, path: str, field: str) -> None:
    before = read(client)
    client.post(path, files={field: ("a.flac", sound)})
    after = read(client)
    count, total = "voice_answer_seconds_count{}", "voice_answer_seconds_sum{}"
    assert after[count] == before[count] + 1
    assert after[total] > before[total]
    assert after["voice_answer_seconds_bucket{le=+Inf}"] == after[count]


def test_refusals_are_no_answers(client: TestClient) -> None:
    before = read(client)
    client.post("/transcribe", files={"audio_file": ("a.wav", b"no recording")})
    count = "voice_answer_seconds_count{}"
    assert read(client)[count] == before[count]


def test_who_found_no_place_is_counted(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.services.speech, "limit", -1)
    monkeypatch.setattr(app.services.speech, "refused", 0)
    response = app.client.post("/transcribe", files={"audio_file": ("a.flac", b"x")})
    assert (response.status_code, response.json()["code"]) == (429, "BUSY")
    assert read(app.client)["voice_refused_total{}"] == 1


def test_without_a_card_nothing_is_said_of_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "find_cards", list)
    assert not [name for name in read(client) if "gpu" in name]


def test_the_memory_of_a_card(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.services.process.info is not None
    users = {app.services.process.info.pid: 1_500_000_001, 7: 2_000_000_000}
    card = Card("simulated", 16_000_000_002, 4_000_000_000, 12_000_000_001, users)
    monkeypatch.setattr(memory, "find_cards", lambda: [card])
    values = read(app.client)
    assert {name: value for name, value in values.items() if "gpu" in name} == {
        "voice_gpu_memory_total_bytes{}": 16_000_000_002,
        "voice_gpu_memory_free_bytes{}": 12_000_000_001,
        "voice_gpu_memory_cap_bytes{}": 8_000_000_001,
        "voice_gpu_memory_used_bytes{}": 1_500_000_001,
    }
