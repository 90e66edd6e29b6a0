"""`GET /health`, `GET /ready` and `POST /wake`."""

from __future__ import annotations

import asyncio
import os

import psutil
from fastapi import APIRouter, Request

from voice_assistant import __version__
from voice_assistant.api.dependencies import ServicesDep
from voice_assistant.api.download import download_status
from voice_assistant.api.errors import ERROR_RESPONSES, request_locale
from voice_assistant.api.schemas import (
    Gpu,
    Health,
    Memory,
    Progress,
    Queue,
    Ready,
    ServiceStatus,
    Waking,
)
from voice_assistant.assistant.services import Services
from voice_assistant.choice.fit import card_to_use
from voice_assistant.errors import NotReadyError
from voice_assistant.machine.card import find_cards
from voice_assistant.messages import Locale, say

router = APIRouter(tags=["service"])

_STATUS: dict[str, ServiceStatus] = {
    "loading": "loading",
    "ready": "healthy",
    "stopped": "loading",
    "idle": "idle",
    "failed": "unhealthy",
}


@router.get("/health")
async def health(request: Request, services: ServicesDep) -> Health:
    """How the service is; 200 as long as it lives."""
    process, speech = services.process, services.speech
    if process.status == "stopped":
        # It died while nobody was speaking: have a fresh one before somebody does.
        process.start()
    info = process.info
    return Health.model_validate(
        {
            "status": _STATUS[process.status],
            "whisper_loaded": info is not None,
            "device": info.device if info else None,
            "model_info": f"{info.model} ({info.compute_type})" if info else None,
            "engine": info.engine if info else None,
            "gpu": await asyncio.to_thread(card_memory, services),
            "memory": Memory(service=service_memory_mb(), speech=process.memory_mb()),
            "queue": Queue(
                running=speech.running,
                waiting=speech.waiting,
                limit=speech.limit,
                long_recordings=[
                    Progress(done_s=each.done_s, duration_s=each.duration_s) for each in speech.long
                ],
            ),
            "download": download_status(services, request_locale(request)),
            "uptime_s": services.uptime_s,
            "version": __version__,
            "problem": _problem(services, request_locale(request)),
        }
    )


@router.get("/ready", responses=ERROR_RESPONSES)
async def ready(services: ServicesDep) -> Ready:
    """200 only when a model is loaded and warmed by a real transcription."""
    if services.process.problem is not None:
        raise services.process.problem
    if services.process.info is None:
        raise NotReadyError("LOADING")
    await services.library()
    return Ready()


@router.post("/wake", responses=ERROR_RESPONSES)
async def wake(services: ServicesDep) -> Waking:
    """Somebody is about to speak: load the model, if it has been idle, while they do."""
    services.process.start()
    return Waking(status=_STATUS[services.process.status])


def _problem(services: Services, locale: Locale) -> str | None:
    """What is wrong and what to do about it, if something is."""
    problem = services.process.problem or services.process.fallback
    on_its_way = services.fetch.status.state in ("fetching", "fetched")
    if problem and not (problem.code == "MODEL_ABSENT" and on_its_way):
        return say(problem.code, locale, **problem.params)
    if broken := services.commands_problem:
        return say("commands_file.broken", locale, **broken.params)
    return None


def service_memory_mb() -> float:
    """Resident memory of this process, in MB (10⁶ bytes)."""
    resident: int = psutil.Process(os.getpid()).memory_info().rss
    return round(resident / 1e6, 1)


def card_memory(services: Services) -> Gpu | None:
    """The card's memory and our part of it; `None` without a card."""
    card = card_to_use(find_cards())
    if card is None:
        return None
    info = services.process.info
    return Gpu(
        name=card.name,
        total=round(card.total / 1e6),
        free=round(card.free / 1e6),
        cap=round(card.total * services.settings.gpu_memory_fraction / 1e6),
        used_by_us=round(card.by_process.get(info.pid, 0) / 1e6) if info else 0,
    )
