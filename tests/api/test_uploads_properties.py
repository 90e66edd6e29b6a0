from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from tests.support.properties import little_memory, unreliable
from voice_assistant.api.uploads import AudioForm, read_audio_form
from voice_assistant.errors import RequestError
from voice_assistant.messages import say
from voice_assistant.settings import Settings
from voice_assistant.speech.languages import LANGUAGES

# Of a part that is cut off: it is in memory, and freed as soon as the parser is.
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")

BOUNDARY = b"--b"
SOUND = bytes(range(256))


def form(data: bytes, *fields: tuple[bytes, bytes]) -> bytes:
    parts = [
        b'Content-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value
        for name, value in fields
    ]
    parts.append(
        b'Content-Disposition: form-data; name="audio_file"; filename="a.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n" + data
    )
    return b"".join(b"--" + BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts) + b"----b--\r\n"


GOOD = form(SOUND, (b"language", b"zh"), (b"execute_commands", b"true"))
TYPE = b"multipart/form-data; boundary=--b"


def read(body: bytes, kind: bytes = TYPE, chunk: int = 10_000) -> AudioForm:
    chunks = [body[at : at + chunk] for at in range(0, len(body), chunk)] or [b""]

    async def receive() -> Message:
        part = chunks.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(chunks)}

    scope: dict[str, Any] = {"type": "http", "method": "POST", "headers": [(b"content-type", kind)]}
    request = Request(scope, receive)
    return asyncio.run(read_audio_form(request, "audio_file", Settings(max_upload_mb=0.001)))


def read_or_refused(body: bytes, kind: bytes = TYPE, chunk: int = 10_000) -> AudioForm | None:
    try:
        found = read(body, kind, chunk)
    except RequestError as error:
        assert error.code in ("INVALID_FIELDS", "UPLOAD_TOO_LARGE")
        assert say(error.code, "en", **error.params)
        return None
    assert len(found.data) <= 1000
    try:
        found.flag("execute_commands", default=False)
        found.languages("zh")
    except RequestError as error:
        assert error.code == "INVALID_FIELDS"
    return found


@given(unreliable(GOOD), st.integers(1, 300))
@example(GOOD[:-20], 300)
@example(GOOD[:250], 10)
@example(GOOD.replace(b"audio/wav", b"audio/wav; charset=\xff"), 10)
@example(form(b"", (b"_charset_", b"utf-7")), 10)
@example(GOOD.replace(b'filename="a.wav"', b"filename*=utf-9''%ff%ff"), 10)
def test_any_body_is_a_recording_or_refused(body: bytes, chunk: int) -> None:
    with little_memory(5_000_000):
        read_or_refused(body, chunk=chunk)


@given(unreliable(TYPE))
@example(b"multipart/form-data")
@example(b"multipart/form-data; boundary=")
@example(b"multipart/form-data; boundary=--b; charset=rot13")
@example(b"multipart/form-data; charset=x\xff; boundary=--b")
def test_any_content_type_is_read_or_refused(kind: bytes) -> None:
    found = read_or_refused(GOOD, kind)
    assert found is None or found.data == SOUND


# A line that begins as a boundary does would end the file: clients choose another one then.
FILES = st.binary(max_size=900).filter(lambda data: b"--b" not in data)


@given(
    FILES,
    st.dictionaries(st.text("abc_", min_size=1), st.text(max_size=20), max_size=5),
    st.integers(1, 90),
)
def test_a_recording_comes_out_as_it_went_in(
    data: bytes, fields: dict[str, str], chunk: int
) -> None:
    sent = [(name.encode(), value.encode()) for name, value in fields.items()]
    if not any(b"--b" in value for _, value in sent):
        found = read(form(data, *sent), chunk=chunk)
        assert (found.data, found.fields) == (data, fields)


@given(
    st.text(max_size=12)
    | st.lists(st.sampled_from(["zh", "EN ", "zh-TW", "yue", "", "auto"])).map(",".join)
)
def test_languages_are_those_of_whisper_or_refused(value: str) -> None:
    try:
        languages = AudioForm(b"", {"language": value}).languages("zh")
    except RequestError as error:
        assert error.code == "INVALID_FIELDS"
        return
    assert set(languages) <= LANGUAGES
    assert (languages == ()) == (value.strip().lower() == "auto")
