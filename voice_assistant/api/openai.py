"""OpenAI's transcription routes: Open WebUI's own microphone and other clients can use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from voice_assistant.api.services import ServicesDep
from voice_assistant.api.uploads import describe_audio_form, read_audio_form
from voice_assistant.errors import RequestError
from voice_assistant.models.known import MODELS
from voice_assistant.speech.transcript import Segment, Transcript

router = APIRouter(prefix="/v1", tags=["OpenAI"])

_ALIAS = "whisper-1"
"""What OpenAI's clients ask for; any other name does too, as there is one model at a time."""

_LONGEST_PROMPT = 2_000

_FORM = describe_audio_form(
    "file",
    {
        "model": {"type": "string", "default": _ALIAS},
        "language": {"type": "string"},
        "prompt": {"type": "string"},
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
        prompt = (await services.library()).prompt()
    transcript = await services.speech.transcribe(
        form.data, form.language(settings.language), prompt
    )
    return _FORMATS[wanted](transcript)


@router.get("/models")
async def models() -> dict[str, object]:
    """The models that can be asked for."""
    names = [_ALIAS, *MODELS]
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in names]
    return {"object": "list", "data": data}


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
