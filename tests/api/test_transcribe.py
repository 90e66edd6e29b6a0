from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.support.app import App, silence
from voice_assistant.speech.service.recordings import Recording
from voice_assistant.speech.task import RecognitionOptions
from voice_assistant.speech.transcript import Transcript

CONTRACT = {
    "success",
    "transcribed_text",
    "language",
    "is_command",
    "command_type",
    "command_target",
    "confidence",
    "suggestion",
    "duration_s",
    "timings_ms",
}
EXECUTED = {"command_executed", "command_result", "ai_response", "confirmation"}


def test_a_command_is_recognised_and_not_run_by_default(app: App, sound: bytes) -> None:
    answer = app.client.post("/transcribe", files={"audio_file": ("a.wav", sound)}).json()
    assert set(answer) == CONTRACT
    assert answer["transcribed_text"] == "打开计算器"
    assert (answer["command_type"], answer["command_target"]) == ("app", "计算器")
    assert answer["is_command"] is True
    assert answer["duration_s"] == pytest.approx(2.02, abs=0.01)
    assert {"decode", "recognise", "again", "decide", "total"} <= set(answer["timings_ms"])
    assert app.desktop.launched == []


@pytest.mark.parametrize("yes", ["true", "1", "True", "on"])
def test_a_command_is_run_on_request(app: App, sound: bytes, yes: str) -> None:
    form = {"execute_commands": yes}
    answer = app.client.post(
        "/transcribe", files={"audio_file": ("a.wav", sound)}, data=form
    ).json()
    assert set(answer) == CONTRACT | EXECUTED
    assert answer["command_executed"] is True
    assert "计算器" in answer["command_result"]
    assert app.desktop.launched == [("app", "计算器")]


def test_silence_is_a_success_with_empty_text(app: App) -> None:
    form = {"execute_commands": "true"}
    files = {"audio_file": ("a.wav", silence())}
    response = app.client.post("/transcribe", files=files, data=form)
    assert response.status_code == 200
    assert response.json()["transcribed_text"] == ""
    assert response.json()["is_command"] is False
    assert app.desktop.launched == []


@pytest.mark.parametrize("language", ["zh", "en", "auto", "zh-CN", "ZH", "zh,en", "zh-TW, en"])
def test_languages(client: TestClient, sound: bytes, language: str) -> None:
    form = {"language": language}
    response = client.post("/transcribe", files={"audio_file": ("a.wav", sound)}, data=form)
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"language": "klingon"}, "klingon"),
        ({"language": "zh,klingon"}, "klingon"),
        ({"language": "zh,"}, "language"),
        ({"execute_commands": "maybe"}, "execute_commands"),
    ],
)
def test_wrong_fields_are_named(
    client: TestClient, sound: bytes, form: dict[str, str], field: str
) -> None:
    response = client.post("/transcribe", files={"audio_file": ("a.wav", sound)}, data=form)
    assert (response.status_code, response.json()["code"]) == (422, "INVALID_FIELDS")
    assert field in response.json()["error"]


def test_a_form_without_a_file(client: TestClient) -> None:
    for response in (
        client.post("/transcribe", files={"other": ("a.wav", b"x")}),
        client.post("/transcribe", data={"audio_file": "text"}),
        client.post("/transcribe", json={"audio_file": "text"}),
        client.post("/transcribe"),
    ):
        assert (response.status_code, response.json()["code"]) == (422, "INVALID_FIELDS")


def test_the_file_never_touches_the_disk(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("audio was written to disk")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", refuse)
    five_megabytes = silence(5_000_000 / 32_000)
    response = client.post("/transcribe", files={"audio_file": ("a.wav", five_megabytes)})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("language", "languages"),
    [(None, ("zh",)), ("auto", ()), ("zh-CN", ("zh",)), (" ZH , en", ("zh", "en"))],
)
def test_the_languages_that_are_listened_for(
    app: App,
    sound: bytes,
    monkeypatch: pytest.MonkeyPatch,
    language: str | None,
    languages: tuple[str, ...],
) -> None:
    asked: list[RecognitionOptions] = []

    async def remember(recording: Recording, options: RecognitionOptions) -> Transcript:
        asked.append(options)
        return Transcript("打开计算器", "zh", 2.0, (), {})

    monkeypatch.setattr(Recording, "transcribe", remember)
    form = {} if language is None else {"language": language}
    app.client.post("/transcribe", files={"audio_file": ("a.wav", sound)}, data=form)
    assert asked[0].languages == languages
    assert not asked[0].timestamps
