"""Read multipart forms with one audio file; the audio never touches the disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from starlette.formparsers import MultiPartException, MultiPartParser

from voice_assistant.errors import RequestError
from voice_assistant.settings import Settings
from voice_assistant.speech.languages import LANGUAGES

_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off", ""})


class _InMemoryParser(MultiPartParser):
    # Starlette moves files above 1 MB to disk; bodies are limited, and audio must not be written.
    spool_max_size = 2_000_000_000


@dataclass(frozen=True, slots=True)
class AudioForm:
    """Hold an uploaded recording and the form's other fields."""

    data: bytes
    fields: dict[str, str]

    def flag(self, name: str, *, default: bool) -> bool:
        """Read a yes or no field.

        Raises:
            RequestError: `INVALID_FIELDS`.
        """
        value = self.fields.get(name)
        if value is None:
            return default
        if value.strip().lower() in _TRUE:
            return True
        if value.strip().lower() in _FALSE:
            return False
        raise RequestError("INVALID_FIELDS", detail=f"{name}: true / false")

    def languages(self, default: str) -> tuple[str, ...]:
        """List the languages that were asked for, else those of `default`; none: any.

        Raises:
            RequestError: `INVALID_FIELDS`, Whisper does not know one.
        """
        value = (self.fields.get("language") or default).strip().lower()
        if value == "auto":
            return ()
        codes = tuple(code.strip().split("-")[0] for code in value.split(","))
        for code in codes:
            if code not in LANGUAGES:
                raise RequestError(
                    "INVALID_FIELDS", detail=f"language: {code[:20]!r} (zh, en, …, auto)"
                )
        return codes


def describe_audio_form(file_field: str, others: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Describe for `openapi_extra` what `read_audio_form` reads, which FastAPI does not see.

    Args:
        file_field: the name of the recording's field.
        others: JSON schemas of the other fields, by name.
    """
    schema = {
        "type": "object",
        "required": [file_field],
        "properties": {file_field: {"type": "string", "format": "binary"}, **others},
    }
    content = {"multipart/form-data": {"schema": schema}}
    return {"requestBody": {"required": True, "content": content}}


async def read_audio_form(request: Request, file_field: str, settings: Settings) -> AudioForm:
    """Read a form that holds one recording.

    Raises:
        RequestError: `INVALID_FIELDS`, it is no such form; `UPLOAD_TOO_LARGE`.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise RequestError("INVALID_FIELDS", detail=f"multipart/form-data, {file_field}=…")
    parser = _InMemoryParser(request.headers, _stream(request), max_files=1, max_fields=20)
    try:
        form = await parser.parse()
    except (MultiPartException, FormParserError, KeyError) as error:
        raise RequestError("INVALID_FIELDS", detail=f"multipart: {error}") from error
    try:
        file = form.get(file_field)
        if file is None or isinstance(file, str):
            raise RequestError("INVALID_FIELDS", detail=f"{file_field}: file")
        data = await file.read()
    finally:
        await form.close()
    if len(data) > settings.max_upload_mb * 1e6:
        raise RequestError("UPLOAD_TOO_LARGE", limit_mb=settings.max_upload_mb)
    return AudioForm(data, {name: value for name, value in form.items() if isinstance(value, str)})


async def _stream(request: Request) -> AsyncGenerator[bytes, None]:
    async for chunk in request.stream():
        yield chunk
