"""`POST /process` and `POST /process/confirm`: a sentence in, what was done about it out."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request

from voice_assistant.api.answers import carry_out, execute, understood
from voice_assistant.api.dependencies import ServicesDep
from voice_assistant.api.errors import ERROR_RESPONSES, request_locale
from voice_assistant.api.schemas import ConfirmRequest, Executed, ProcessRequest, ProcessResponse
from voice_assistant.api.utterance_log import log_utterance

router = APIRouter(tags=["commands"])


@router.post("/process", responses=ERROR_RESPONSES)
async def process(body: ProcessRequest, request: Request, services: ServicesDep) -> ProcessResponse:
    """Decide what a sentence asks for and, unless told not to, do it."""
    began = time.perf_counter()
    locale = request_locale(request)
    library = await services.library()
    decision = library.decide(body.text)
    decided = time.perf_counter()
    executed = Executed()
    if body.execute_commands:
        executed = await execute(body.text, decision, services, locale)
    launched = time.perf_counter()
    if not decision.is_command and services.settings.enable_ai_response:
        # Few turn it on, and its HTTP client costs every start 50 ms.
        from voice_assistant.assistant.chat import answer

        executed.ai_response = await answer(body.text, services.settings)
    timings = {
        "decide": round(1000 * (decided - began), 1),
        "launch": round(1000 * (launched - decided), 1),
    }
    log_utterance(body.text, decision, executed, timings)
    said = understood(body.text, decision, locale)
    return ProcessResponse(**dict(said), **dict(executed))


@router.post("/process/confirm", responses=ERROR_RESPONSES)
async def confirm(body: ConfirmRequest, request: Request, services: ServicesDep) -> ProcessResponse:
    """Do what was asked about; an id works once and expires."""
    began = time.perf_counter()
    locale = request_locale(request)
    text, decision = services.confirmations.take(body.id)
    executed = await carry_out(decision, services, locale)
    timings = {"launch": round(1000 * (time.perf_counter() - began), 1)}
    log_utterance(text, decision, executed, timings)
    said = understood(text, decision, locale)
    return ProcessResponse(**dict(said), **dict(executed))
