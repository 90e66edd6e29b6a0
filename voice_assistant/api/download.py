"""Take the answer to the offer of a better model: `POST /download`."""

from __future__ import annotations

from fastapi import APIRouter, Request

from voice_assistant.api.dependencies import ServicesDep
from voice_assistant.api.errors import ERROR_RESPONSES, request_locale
from voice_assistant.api.schemas import Download, DownloadAnswer
from voice_assistant.assistant.services import Services
from voice_assistant.messages import Locale, say

router = APIRouter(tags=["service"])


@router.post("/download", responses=ERROR_RESPONSES)
async def answer(
    request: Request, answer: DownloadAnswer, services: ServicesDep
) -> Download | None:
    """Fetch the model that `/health` offers in the background; or do not, or stop that."""
    services.fetch.answer(agreed=answer.agreed)
    return download_status(services, request_locale(request))


def download_status(services: Services, locale: Locale) -> Download | None:
    """Tell how far the better model is; `None` if there is no better one."""
    status = services.fetch.status
    if status.model is None or status.state == "none":
        return None
    error = status.error
    return Download(
        state=status.state,
        model=status.model,
        size=round(status.size / 1e6, 1),
        done=round(status.done / 1e6, 1),
        rate=round(status.rate / 1e6, 2),
        left_s=status.left_s,
        error=say(error.code, locale, **error.params) if error else None,
    )
