from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.app import App
from voice_assistant.assistant.better_model.states import (
    Declined,
    Failed,
    Fetched,
    Fetching,
    Offered,
    Progress,
    State,
)
from voice_assistant.errors import ModelError
from voice_assistant.speech.service.process import SpeechProcess

OFFERED = Offered("medium", 1_528_008_539)
FETCHING = Fetching("medium", Progress(1_528_008_539, 612_300_000, 42_345_678, 21.6))

Show = Callable[[State], None]


@pytest.fixture
def show(app: App, monkeypatch: pytest.MonkeyPatch) -> Show:
    """Lets the better model be so far."""
    return lambda state: monkeypatch.setattr(app.services.fetch, "state", state)


def download(client: TestClient, language: str = "en") -> Any:
    return client.get("/health", headers={"Accept-Language": language}).json()["download"]


def test_nothing_better(client: TestClient) -> None:
    assert download(client) is None
    answer = client.post("/download", json={"agreed": True})
    assert (answer.status_code, answer.json()) == (200, None)


def test_how_far_it_is_is_part_of_the_health(client: TestClient, show: Show) -> None:
    show(OFFERED)
    assert download(client) == {
        "state": "offered",
        "model": "medium",
        "size": 1528.0,
        "done": 0.0,
        "rate": 0.0,
        "left_s": None,
        "error": None,
    }
    show(FETCHING)
    assert download(client) == {
        "state": "fetching",
        "model": "medium",
        "size": 1528.0,
        "done": 612.3,
        "rate": 42.35,
        "left_s": 21.6,
        "error": None,
    }


def test_no(client: TestClient, app: App, show: Show) -> None:
    show(OFFERED)
    answer = client.post("/download", json={"agreed": False})
    assert (answer.status_code, answer.json()["state"]) == (200, "declined")
    assert download(client)["state"] == "declined"
    answers = app.services.settings.model_dir / "answers.json"
    assert answers.read_text(encoding="utf-8") == '{"medium": false}'
    answers.unlink()


def test_yes(client: TestClient, app: App, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[dict[str, bool]] = []
    monkeypatch.setattr(app.services.fetch, "answer", lambda **given: answered.append(given))
    show(OFFERED)
    assert client.post("/download", json={"agreed": True}).status_code == 200
    assert answered == [{"agreed": True}]


@pytest.mark.parametrize(
    "fields", [{}, {"agreed": None}, {"agreed": "perhaps"}, {"agreed": True, "model": "x"}, []]
)
def test_wrong_fields(client: TestClient, show: Show, fields: Any) -> None:
    show(OFFERED)
    answer = client.post("/download", json=fields)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_FIELDS")
    assert download(client)["state"] == "offered"


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example:8889"}]
)
def test_other_pages_cannot_answer(client: TestClient, show: Show, headers: dict[str, str]) -> None:
    show(OFFERED)
    answer = client.post("/download", json={"agreed": False}, headers=headers)
    assert answer.status_code == 403
    assert download(client)["state"] == "offered"


@pytest.mark.parametrize(("language", "words"), [("en", "cannot be reached"), ("zh", "连不上")])
def test_why_it_failed_in_the_language_of_who_asks(
    client: TestClient, show: Show, language: str, words: str
) -> None:
    params = {"model": "medium", "source": "hub.example", "detail": "timed out"}
    error = ModelError("DOWNLOAD_UNREACHABLE", **params)
    show(Failed("medium", Progress(1), error))
    for part in (words, "hub.example", "timed out"):
        assert part in download(client, language)["error"]


@pytest.mark.parametrize(
    ("state", "is_said"),
    [
        (OFFERED, True),
        (Declined("medium", Progress(0)), True),
        (
            Failed("medium", Progress(0), ModelError("DOWNLOAD_FAILED", model="medium", detail="")),
            True,
        ),
        (FETCHING, False),
        (Fetched("medium", Progress(0)), False),
    ],
)
def test_a_model_that_is_missed_is_a_problem_unless_it_is_on_its_way(
    app: App,
    show: Show,
    monkeypatch: pytest.MonkeyPatch,
    state: State,
    is_said: bool,
) -> None:
    absent = ModelError("MODEL_ABSENT", model="medium")
    monkeypatch.setattr(SpeechProcess, "fallback", absent)
    show(state)
    problem = app.client.get("/health").json()["problem"]
    assert ("base serves meanwhile" in (problem or "")) == is_said


def test_what_else_is_wrong_is_said_while_it_is_fetched(
    client: TestClient, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = ModelError("OUT_OF_MEMORY", model="medium", detail="1298 MB > 800 MB")
    monkeypatch.setattr(SpeechProcess, "fallback", refused)
    show(FETCHING)
    assert "1298 MB" in client.get("/health").json()["problem"]
