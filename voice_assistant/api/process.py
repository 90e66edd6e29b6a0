"""Serve `POST /process` and `POST /process/confirm`: a sentence in, what was done about it out."""

from __future__ import annotations

import time

from fastapi import APIRouter

from voice_assistant.api.answers import process_answer
from voice_assistant.api.dependencies import LocaleDep, ServicesDep
from voice_assistant.api.errors import ERROR_RESPONSES
from voice_assistant.api.schemas import ConfirmRequest, ProcessRequest, ProcessResponse
from voice_assistant.api.utterance_log import log_utterance
from voice_assistant.assistant.acting import Happened, act

router = APIRouter(tags=["commands"])


@router.post("/process", responses=ERROR_RESPONSES)
async def process(
    body: ProcessRequest, services: ServicesDep, locale: LocaleDep
) -> ProcessResponse:
    """Decide what a sentence asks for and, unless told not to, do it."""
    settings = services.settings
    began = time.perf_counter()
    library = await services.library()
    understanding = library.decide(body.text)
    decided = time.perf_counter()
    happened: list[Happened] = []
    if body.execute_commands:
        happened = await act(understanding, services.desktop, services.confirmations)
    launched = time.perf_counter()
    answer = process_answer(understanding, happened, locale)
    if not answer.is_command and settings.enable_ai_response:
        # Few turn it on, and its HTTP client costs every start 50 ms.
        from voice_assistant.assistant.chat import answer as ai_answer

        answer.ai_response = await ai_answer(body.text, settings)
    timings = {
        "decide": round(1000 * (decided - began), 1),
        "launch": round(1000 * (launched - decided), 1),
    }
    log_utterance(answer, understanding, timings)
    return answer


@router.post("/process/confirm", responses=ERROR_RESPONSES)
async def confirm(
    body: ConfirmRequest, services: ServicesDep, locale: LocaleDep
) -> ProcessResponse:
    """Do what was asked about; an id works once and expires."""
    began = time.perf_counter()
    confirmations = services.confirmations
    understanding = confirmations.take(body.id)
    happened = await act(understanding, services.desktop, confirmations, confirmed=True)
    timings = {"launch": round(1000 * (time.perf_counter() - began), 1)}
    answer = process_answer(understanding, happened, locale)
    log_utterance(answer, understanding, timings)
    return answer
