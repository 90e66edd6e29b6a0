"""`POST /transcribe`: a recording in, what was said and what it asks for out."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request

from voice_assistant.api.answers import execute, understood
from voice_assistant.api.dependencies import ServicesDep
from voice_assistant.api.errors import ERROR_RESPONSES, request_locale
from voice_assistant.api.hang_up import unless_gone
from voice_assistant.api.metrics import ANSWERS
from voice_assistant.api.schemas import TranscribeAndExecuteResponse, TranscribeResponse
from voice_assistant.api.uploads import describe_audio_form, read_audio_form
from voice_assistant.api.utterance_log import log_utterance
from voice_assistant.assistant.hearing import hear
from voice_assistant.speech.transcript import Transcript

router = APIRouter(tags=["speech"])

_FORM = describe_audio_form(
    "audio_file",
    {
        "language": {"type": "string", "description": "zh, en, …, or auto"},
        "execute_commands": {"type": "boolean", "default": False},
    },
)


@router.post("/transcribe", responses=ERROR_RESPONSES, openapi_extra=_FORM)
async def transcribe(
    request: Request, services: ServicesDep
) -> TranscribeAndExecuteResponse | TranscribeResponse:
    """Write down a recording, decide what it asks for and, if asked to, do it."""
    began = time.perf_counter()
    settings = services.settings
    locale = request_locale(request)
    form = await read_audio_form(request, "audio_file", settings)
    languages = form.languages(settings.language)
    wants_execution = form.flag("execute_commands", default=False)
    heard = await unless_gone(request, hear(form.data, languages, services))
    transcript, decision = heard.transcript, heard.decision
    decided = time.perf_counter()
    timings = {
        **transcript.timings_ms,
        "again": round(heard.again_ms, 1),
        "decide": round(heard.decide_ms, 1),
    }
    fields: dict[str, Any] = {
        **understood(transcript.text, decision, locale).model_dump(),
        "language": transcript.language,
        "confidence": round(decision.confidence or _clarity(transcript), 3),
        "duration_s": transcript.duration_s,
        "timings_ms": timings,
    }
    executed = None
    if wants_execution:
        executed = await execute(transcript.text, decision, services, locale)
        timings["launch"] = round(1000 * (time.perf_counter() - decided), 1)
        fields |= executed.model_dump()
    timings["total"] = round(1000 * (time.perf_counter() - began), 1)
    ANSWERS.observe(timings["total"] / 1000)
    log_utterance(transcript.text, decision, executed, timings)
    response = TranscribeAndExecuteResponse if wants_execution else TranscribeResponse
    return response.model_validate(fields)


def _clarity(transcript: Transcript) -> float:
    """How sure the recogniser is: e to the mean log-probability of the least clear stretch, 0…1."""
    scores = [segment.average_log_probability for segment in transcript.segments]
    return min(1.0, 2.718281828 ** min(scores)) if scores else 0.0
