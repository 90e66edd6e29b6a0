from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.app import App, sentences, silence
from voice_assistant.errors import NotReadyError
from voice_assistant.messages import say
from voice_assistant.speech.service.recordings import Recording, Recordings
from voice_assistant.speech.task import Piece, RecognitionOptions
from voice_assistant.speech.transcript import Segment, Transcript

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
    assert client.post(URL, files={"file": ("a.wav", silence())}).json() == {"text": ""}


@pytest.mark.parametrize(
    ("wanted", "kind", "beginning"),
    [
        ("text", "text/plain", "打开计算器\n"),
        ("srt", "application/x-subrip", "1\n00:00:00,220 --> 00:00:01,800\n打开计算器\n"),
        ("vtt", "text/vtt", "WEBVTT\n\n00:00:00.220 --> 00:00:01.800\n打开计算器\n"),
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
    assert body["duration"] == pytest.approx(2.02, abs=0.01)
    assert body["segments"][0]["text"] == body["text"] == "打开计算器"


def test_an_unknown_format_is_refused(client: TestClient, sound: bytes) -> None:
    form = {"response_format": "yaml"}
    response = client.post(URL, files={"file": ("a.wav", sound)}, data=form)
    assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid_fields")


def test_models(client: TestClient) -> None:
    body = client.get("/v1/models").json()
    assert body["object"] == "list"
    assert [model["id"] for model in body["data"]] == [
        "whisper-1",
        "large-v3",
        "large-v3-turbo",
        "medium",
        "small",
        "base",
    ]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[RecognitionOptions]:
    """How recordings were to be written down; what was said in them is always the same."""
    seen: list[RecognitionOptions] = []

    async def remember(
        recordings: Recordings, data: bytes, options: RecognitionOptions
    ) -> Transcript:
        seen.append(options)
        said = (Segment(0.5, 1.25, "你好。", -0.1, 0.0), Segment(3661.5, 3662, "再见。", -0.1, 0.0))
        return Transcript("你好。再见。", "zh", 3700.0, said, {})

    monkeypatch.setattr(Recordings, "transcribe", remember)
    return seen


@pytest.mark.parametrize(
    ("wanted", "timed"),
    [("json", False), ("text", False), ("verbose_json", True), ("srt", True), ("vtt", True)],
)
def test_sentences_are_timed_only_where_times_are_shown(
    client: TestClient, sound: bytes, asked: list[RecognitionOptions], wanted: str, timed: bool
) -> None:
    form = {"response_format": wanted, "language": "en", "prompt": "Open WebUI"}
    client.post(URL, files={"file": ("a.wav", sound)}, data=form)
    assert asked == [RecognitionOptions(("en",), "Open WebUI", timestamps=timed, thorough=True)]


def test_without_a_prompt_the_names_of_commands_are_expected(
    client: TestClient, sound: bytes, asked: list[RecognitionOptions]
) -> None:
    client.post(URL, files={"file": ("a.wav", sound)})
    assert "计算器" in asked[0].prompt


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            "srt",
            "1\n00:00:00,500 --> 00:00:01,250\n你好。\n\n"
            "2\n01:01:01,500 --> 01:01:02,000\n再见。\n",
        ),
        (
            "vtt",
            "WEBVTT\n\n00:00:00.500 --> 00:00:01.250\n你好。\n\n"
            "01:01:01.500 --> 01:01:02.000\n再见。\n",
        ),
    ],
)
@pytest.mark.usefixtures("asked")
def test_each_sentence_has_its_cue(
    client: TestClient, sound: bytes, wanted: str, expected: str
) -> None:
    form = {"response_format": wanted}
    assert client.post(URL, files={"file": ("a.wav", sound)}, data=form).text == expected


def stream(client: TestClient, data: bytes, **form: str) -> list[dict[str, Any]]:
    """The events, in order."""
    files = {"file": ("a.wav", data)}
    response = client.post(URL, files=files, data={"stream": "true", **form})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    *events, rest = response.text.split("\n\n")
    assert rest == ""
    assert all(event.startswith("data: ") for event in events)
    return [json.loads(event.removeprefix("data: ")) for event in events]


def test_a_stream_has_each_stretch_and_then_all(client: TestClient) -> None:
    assert stream(client, sentences(pause_s=20)) == [
        {"type": "transcript.text.delta", "delta": "打开计算器"},
        {"type": "transcript.text.delta", "delta": "打开计算器"},
        {"type": "transcript.text.done", "text": "打开计算器打开计算器"},
    ]


def test_the_stretches_of_a_stream_add_up(client: TestClient) -> None:
    *deltas, done = stream(client, sentences(pause_s=20), language="en")
    assert "".join(event["delta"] for event in deltas) == done["text"] == "打开计算器 打开计算器"


def test_a_stream_of_silence_ends_too(client: TestClient) -> None:
    assert stream(client, silence())[-1] == {"type": "transcript.text.done", "text": ""}


def test_what_goes_wrong_before_a_stream_has_a_status(client: TestClient) -> None:
    files = {"file": ("a.wav", b"no recording")}
    response = client.post(URL, files=files, data={"stream": "true"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "unsupported_format")


def test_what_goes_wrong_in_a_stream_is_an_event(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = Recording.pieces

    async def interrupted(self: Recording, options: RecognitionOptions) -> AsyncIterator[Piece]:
        async for piece in pieces(self, options):
            yield piece
            raise NotReadyError("SPEECH_PROCESS_DIED")

    monkeypatch.setattr(Recording, "pieces", interrupted)
    monkeypatch.setitem(client.headers, "Accept-Language", "zh-CN")
    delta, error = stream(client, sentences(pause_s=20))
    assert delta == {"type": "transcript.text.delta", "delta": "打开计算器"}
    assert error == {
        "type": "error",
        "code": "speech_process_died",
        "message": say("SPEECH_PROCESS_DIED", "zh"),
    }


def test_a_stream_counts_as_an_answer(client: TestClient, sound: bytes) -> None:
    def answers() -> float:
        [count] = re.findall(
            r"^voice_answer_seconds_count (.+)$", client.get("/metrics").text, re.M
        )
        return float(count)

    before = answers()
    stream(client, sound)
    assert answers() == before + 1


def test_a_stream_leaves_no_recording_open(app: App) -> None:
    stream(app.client, sentences(pause_s=20))
    files = {"file": ("a.wav", b"no recording")}
    assert app.client.post(URL, files=files, data={"stream": "true"}).is_error
    assert (app.services.speech.waiting, app.services.speech.running) == (0, 0)


def test_whether_to_stream_is_yes_or_no(client: TestClient, sound: bytes) -> None:
    files = {"file": ("a.wav", sound)}
    assert client.post(URL, files=files, data={"stream": "false"}).json() == {"text": "打开计算器"}
    assert client.post(URL, files=files, data={"stream": "maybe"}).status_code == 422
