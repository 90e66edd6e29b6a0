"""Serve OpenAI's transcription routes, for Open WebUI's own microphone and other clients."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse

from voice_assistant.api.dependencies import ServicesDep
from voice_assistant.api.errors import request_locale
from voice_assistant.api.hang_up import unless_gone
from voice_assistant.api.metrics import ANSWERS
from voice_assistant.api.uploads import describe_audio_form, read_audio_form
from voice_assistant.assistant.expectations import first_prompt
from voice_assistant.assistant.services import Services
from voice_assistant.errors import RequestError, VoiceError
from voice_assistant.messages import Locale, say
from voice_assistant.speech.task import Piece, RecognitionOptions, assemble
from voice_assistant.speech.transcript import Segment, Transcript

router = APIRouter(prefix="/v1", tags=["OpenAI"])

_ALIAS = "whisper-1"
"""What OpenAI's clients ask for; any other name does too, as there is one model at a time."""

_LONGEST_PROMPT = 2_000

_TIMED = ("verbose_json", "srt", "vtt")

_FORM = describe_audio_form(
    "file",
    {
        "model": {"type": "string", "default": _ALIAS},
        "language": {"type": "string"},
        "prompt": {"type": "string"},
        "stream": {"type": "boolean", "default": False},
        "response_format": {
            "type": "string",
            "enum": ["json", "text", "verbose_json", "srt", "vtt"],
        },
    },
)


@router.post("/audio/transcriptions", openapi_extra=_FORM, response_model=None)
async def transcriptions(request: Request, services: ServicesDep) -> Response:
    """Write down a recording; nothing is ever launched from here."""
    settings = services.settings
    form = await read_audio_form(request, "file", settings)
    wanted = form.fields.get("response_format", "json")
    if wanted not in _FORMATS:
        raise RequestError("INVALID_FIELDS", detail=f"response_format: {', '.join(_FORMATS)}")
    prompt = form.fields.get("prompt", "")[:_LONGEST_PROMPT]
    if not prompt:
        prompt = first_prompt(await services.library())
    timed = wanted in _TIMED
    options = RecognitionOptions(
        form.languages(settings.language), prompt, timestamps=timed, thorough=True
    )
    if form.flag("stream", default=False):
        events = _events(services, form.data, options, request_locale(request))
        # What goes wrong at first still has a status of its own.
        first = await unless_gone(request, anext(events))
        return StreamingResponse(_continued(first, events), media_type="text/event-stream")
    began = time.perf_counter()
    transcript = await unless_gone(request, services.speech.transcribe(form.data, options))
    ANSWERS.observe(time.perf_counter() - began)
    return _FORMATS[wanted](transcript)


@router.get("/models")
async def models(services: ServicesDep) -> dict[str, object]:
    """List the models that can be asked for."""
    names = [_ALIAS, *services.models]
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in names]
    return {"object": "list", "data": data}


async def _events(
    services: Services, data: bytes, options: RecognitionOptions, locale: Locale
) -> AsyncGenerator[str, None]:
    """Yield what is said, window by window, as OpenAI's server-sent events."""
    pieces: list[Piece] = []
    text = ""
    began = time.perf_counter()
    try:
        async with services.speech.open(data) as recording:
            async for piece in recording.pieces(options):
                pieces.append(piece)
                before, text = text, assemble(pieces, options.languages).text
                if text != before:
                    delta = text.removeprefix(before)
                    yield _event({"type": "transcript.text.delta", "delta": delta})
    except VoiceError as error:
        if not text:
            raise
        sentence = say(error.code, locale, **error.params)
        yield _event({"type": "error", "message": sentence, "code": error.code.lower()})
        return
    ANSWERS.observe(time.perf_counter() - began)
    yield _event({"type": "transcript.text.done", "text": text})


async def _continued(first: str, events: AsyncGenerator[str, None]) -> AsyncIterator[str]:
    async with aclosing(events):
        yield first
        async for event in events:
            yield event


def _event(content: dict[str, str]) -> str:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n"


def _json(transcript: Transcript) -> Response:
    return JSONResponse({"text": transcript.text})


def _text(transcript: Transcript) -> Response:
    return PlainTextResponse(transcript.text + "\n")


def _verbose_json(transcript: Transcript) -> Response:
    segments = [
        {
            "id": number,
            "start": segment.start_s,
            "end": segment.end_s,
            "text": segment.text,
            "avg_logprob": segment.average_log_probability,
            "no_speech_prob": segment.no_speech_probability,
        }
        for number, segment in enumerate(transcript.segments)
    ]
    return JSONResponse(
        {
            "task": "transcribe",
            "language": transcript.language,
            "duration": transcript.duration_s,
            "text": transcript.text,
            "segments": segments,
        }
    )


def _srt(transcript: Transcript) -> Response:
    cues = _cues(transcript.segments, ",")
    numbered = [f"{number}\n{cue}" for number, cue in enumerate(cues, start=1)]
    return PlainTextResponse("\n".join(numbered), media_type="application/x-subrip")


def _vtt(transcript: Transcript) -> Response:
    cues = _cues(transcript.segments, ".")
    return PlainTextResponse("\n".join(["WEBVTT\n", *cues]), media_type="text/vtt")


def _cues(segments: Iterable[Segment], point: str) -> list[str]:
    return [
        f"{_clock(segment.start_s, point)} --> {_clock(segment.end_s, point)}\n{segment.text}\n"
        for segment in segments
    ]


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}{point}{milliseconds % 1000:03}"


_FORMATS: dict[str, Callable[[Transcript], Response]] = {
    "json": _json,
    "text": _text,
    "verbose_json": _verbose_json,
    "srt": _srt,
    "vtt": _vtt,
}
