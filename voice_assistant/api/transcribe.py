"""Serve `POST /transcribe`: a recording in, what was said and what it asks for out."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request

from voice_assistant.api.answers import transcribe_answer
from voice_assistant.api.dependencies import LocaleDep, ServicesDep
from voice_assistant.api.errors import ERROR_RESPONSES
from voice_assistant.api.hang_up import unless_gone
from voice_assistant.api.metrics import ANSWERS
from voice_assistant.api.schemas import TranscribeAndExecuteResponse, TranscribeResponse
from voice_assistant.api.uploads import describe_audio_form, read_audio_form
from voice_assistant.api.utterance_log import log_utterance
from voice_assistant.assistant.acting import act
from voice_assistant.assistant.hearing import recognise

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
    request: Request, services: ServicesDep, locale: LocaleDep
) -> TranscribeAndExecuteResponse | TranscribeResponse:
    """Write down a recording, decide what it asks for and, if asked to, do it."""
    began = time.perf_counter()
    settings = services.settings
    form = await read_audio_form(request, "audio_file", settings)
    languages = form.languages(settings.language)
    wants_execution = form.flag("execute_commands", default=False)
    library = await services.library()
    work = recognise(form.data, languages, library, services.speech)
    recognised = await unless_gone(request, work)
    decided = time.perf_counter()
    timings = {
        **recognised.transcript.timings_ms,
        "again": round(recognised.again_ms, 1),
        "decide": round(recognised.decide_ms, 1),
    }
    happened = None
    if wants_execution:
        happened = await act(recognised.understanding, services.desktop, services.confirmations)
        timings["launch"] = round(1000 * (time.perf_counter() - decided), 1)
    timings["total"] = round(1000 * (time.perf_counter() - began), 1)
    ANSWERS.observe(timings["total"] / 1000)
    answer = transcribe_answer(recognised, happened, timings, locale)
    log_utterance(answer, recognised.understanding, timings)
    return answer
