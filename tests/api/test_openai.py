from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import App, tone

URL = "/v1/audio/transcriptions"


def test_json_is_the_default(app: App, sound: bytes) -> None:
    response = app.client.post(URL, files={"file": ("a.wav", sound)}, data={"model": "whisper-1"})
    assert response.json() == {"text": "打开计算器"}
    assert app.desktop.launched == []


def test_what_open_webui_sends(client: TestClient, sound: bytes) -> None:
    form = {"model": "whisper-1", "language": "zh"}
    files = {"file": ("0b9.webm", sound, "application/octet-stream")}
    headers = {"Authorization": "Bearer stt-key"}
    response = client.post(URL, files=files, data=form, headers=headers)
    assert (response.status_code, response.json()) == (200, {"text": "打开计算器"})


def test_silence_is_empty_text(client: TestClient) -> None:
    silence = tone()[:44] + bytes(32_000)
    assert client.post(URL, files={"file": ("a.wav", silence)}).json() == {"text": ""}


@pytest.mark.parametrize(
    ("wanted", "kind", "beginning"),
    [
        ("text", "text/plain", "打开计算器\n"),
        ("srt", "application/x-subrip", "1\n00:00:00,000 --> 00:00:00,500\n打开计算器\n"),
        ("vtt", "text/vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:00.500\n打开计算器\n"),
    ],
)
def test_text_formats(
    client: TestClient, sound: bytes, wanted: str, kind: str, beginning: str
) -> None:
    files = {"file": ("a.wav", sound)}
    response = client.post(URL, files=files, data={"response_format": wanted})
    assert response.headers["content-type"].startswith(kind)
    assert response.text.startswith(beginning)


def test_verbose_json(client: TestClient, sound: bytes) -> None:
    form = {"response_format": "verbose_json"}
    body = client.post(URL, files={"file": ("a.wav", sound)}, data=form).json()
    assert body["duration"] == pytest.approx(0.5, abs=0.01)
    assert body["segments"][0]["text"] == body["text"] == "打开计算器"


def test_an_unknown_format_is_refused(client: TestClient, sound: bytes) -> None:
    form = {"response_format": "yaml"}
    response = client.post(URL, files={"file": ("a.wav", sound)}, data=form)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_fields")


def test_models(client: TestClient) -> None:
    body = client.get("/v1/models").json()
    assert body["object"] == "list"
    assert [model["id"] for model in body["data"]] == ["whisper-1", "base"]
