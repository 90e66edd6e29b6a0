"""Give routes the services of the running application."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from voice_assistant.assistant.services import Services


# FastAPI sends what is not async to a thread, and that takes longer than deciding.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]
"""The services of the running application, for routes."""
