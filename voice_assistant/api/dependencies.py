"""Give routes the services of the running application and the language to answer in."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from voice_assistant.api.errors import request_locale
from voice_assistant.assistant.services import Services
from voice_assistant.messages import Locale


# FastAPI sends what is not async to a thread, and that takes longer than deciding.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _locale(request: Request) -> Locale:
    return request_locale(request)


ServicesDep = Annotated[Services, Depends(_services)]
"""The services of the running application, for routes."""

LocaleDep = Annotated[Locale, Depends(_locale)]
"""The language of sentences in the answer, for routes."""
