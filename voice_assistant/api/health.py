"""Answer `GET /health`, `GET /ready` and `POST /wake`."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from typing_extensions import assert_never

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
from voice_assistant.assistant.memory import CardMemory, card_memory, service_memory
from voice_assistant.assistant.services import Services
from voice_assistant.errors import NotReadyError
from voice_assistant.messages import Locale, say
from voice_assistant.speech.service.process_state import (
    Failed,
    Loading,
    ProcessState,
    Resting,
    Serving,
    Stopped,
    Waiting,
)
from voice_assistant.speech.service.recordings import Recordings

router = APIRouter(tags=["service"])


@router.get("/health")
async def health(request: Request, services: ServicesDep) -> Health:
    """Tell how the service is; 200 as long as it lives."""
    process, locale = services.process, request_locale(request)
    card = await asyncio.to_thread(card_memory, services)
    info = process.info
    return Health(
        status=_status(process.state),
        whisper_loaded=info is not None,
        device=info.device if info else None,
        model_info=f"{info.model} ({info.compute_type})" if info else None,
        engine=info.engine if info else None,
        gpu=_gpu(card) if card else None,
        memory=Memory(service=_mb(service_memory()), speech=_mb(process.memory_bytes())),
        queue=_queue(services.speech),
        download=download_status(services, locale),
        uptime_s=services.uptime_s,
        version=__version__,
        problem=_problem(services, locale),
    )


@router.get("/ready", responses=ERROR_RESPONSES)
async def ready(services: ServicesDep) -> Ready:
    """Answer 200 only when a model is loaded and warmed by a real transcription."""
    if services.process.problem is not None:
        raise services.process.problem
    if services.process.info is None:
        raise NotReadyError("LOADING")
    await services.library()
    return Ready()


@router.post("/wake", responses=ERROR_RESPONSES)
async def wake(services: ServicesDep) -> Waking:
    """Load the model, if it has been idle, while somebody begins to speak."""
    services.process.start()
    return Waking(status=_status(services.process.state))


def _status(state: ProcessState) -> ServiceStatus:
    match state:
        case Stopped() | Loading():
            return "loading"
        case Serving():
            return "healthy"
        case Resting():
            return "idle"
        case Failed() | Waiting():
            return "unhealthy"
        case _:
            assert_never(state)


def _queue(speech: Recordings) -> Queue:
    return Queue(
        running=speech.running,
        waiting=speech.waiting,
        limit=speech.limit,
        long_recordings=[
            Progress(done_s=each.done_s, duration_s=each.duration_s) for each in speech.long
        ],
    )


def _gpu(card: CardMemory) -> Gpu:
    return Gpu(
        name=card.name,
        total=round(card.total / 1e6),
        free=round(card.free / 1e6),
        cap=round(card.cap / 1e6),
        used_by_us=round(card.used_by_us / 1e6),
    )


def _mb(size: int) -> float:
    return round(size / 1e6, 1)


def _problem(services: Services, locale: Locale) -> str | None:
    """Say what is wrong and what to do about it, if something is."""
    problem = services.process.problem or services.process.fallback
    on_its_way = services.fetch.status.state in ("fetching", "fetched")
    if problem and not (problem.code == "MODEL_ABSENT" and on_its_way):
        return say(problem.code, locale, **problem.params)
    if broken := services.commands_problem:
        return say("commands_file.broken", locale, **broken.params)
    return None
