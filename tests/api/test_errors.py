"""The one error shape, for every kind of failure."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.app import App
from voice_assistant.api.errors import error_response
from voice_assistant.errors import STATUS, NotReadyError, RequestError, VoiceError
from voice_assistant.messages import sentences

Failure = tuple[str, str, dict[str, Any], int, str]


def failures() -> list[Failure]:
    foreign = {"Origin": "http://evil.example"}
    not_audio = {"audio_file": ("a.wav", b"not audio at all")}
    return [
        ("GET", "/nothing", {}, 404, "NOT_FOUND"),
        ("GET", "/static/nothing.js", {}, 404, "NOT_FOUND"),
        ("GET", "/static/../start.py", {}, 404, "NOT_FOUND"),
        ("GET", "/static/%2e%2e/start.py", {}, 404, "NOT_FOUND"),
        ("GET", "/process", {}, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/health", {}, 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/process", {"json": {}}, 422, "INVALID_FIELDS"),
        ("POST", "/process/confirm", {"json": {"id": "x"}}, 404, "CONFIRMATION_UNKNOWN"),
        ("POST", "/transcribe", {"files": not_audio}, 400, "UNSUPPORTED_FORMAT"),
        ("POST", "/transcribe", {"files": {"audio_file": ("a", b"")}}, 400, "EMPTY_AUDIO"),
        ("POST", "/transcribe", {"content": b"x"}, 422, "INVALID_FIELDS"),
        ("GET", "/health", {"headers": foreign}, 403, "FOREIGN_ORIGIN"),
        ("GET", "/health", {"headers": {"Host": "x"}}, 403, "FOREIGN_HOST"),
    ]


@pytest.mark.parametrize("failure", failures(), ids=lambda failure: f"{failure[0]} {failure[1]}")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_failure_has_the_shape(client: TestClient, failure: Failure, language: str) -> None:
    method, path, request_, status, code = failure
    headers = {"Accept-Language": language, **request_.get("headers", {})}
    response = client.request(method, path, **{**request_, "headers": headers})
    assert response.status_code == status
    body = response.json()
    assert set(body) == {"success", "code", "error"}
    assert (body["success"], body["code"]) == (False, code)
    assert bool(re.search(r"[\u4e00-\u9fff]", body["error"])) is (language == "zh")


def test_an_unexpected_error_has_the_shape_and_no_details(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(app.desktop, "start_app", fail)
    response = app.client.post("/process", json={"text": "打开计算器"})
    assert (response.status_code, response.json()["code"]) == (500, "INTERNAL")
    assert "secret detail" not in response.text
    assert app.client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (RequestError("BUSY", retry_after_s=7), "7"),
        (NotReadyError("LOADING"), "2"),
        (RequestError("NOT_FOUND", path="/"), None),
    ],
)
def test_clients_are_told_when_to_try_again(error: VoiceError, wait: str | None) -> None:
    assert error_response(error, "/transcribe", "en").headers.get("retry-after") == wait


def test_openai_routes_have_openais_shape(client: TestClient) -> None:
    for response in (
        client.post("/v1/audio/transcriptions", files={"file": ("a.wav", b"garbage")}),
        client.post("/v1/audio/transcriptions", files={"other": ("a.wav", b"x")}),
        client.get("/v1/nothing"),
    ):
        assert 400 <= response.status_code < 500
        assert set(response.json()) == {"error"}
        assert set(response.json()["error"]) == {"message", "type", "code"}
        assert response.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_code_has_a_sentence(language: str) -> None:
    known = sentences(language)
    assert set(STATUS) <= set(known)
