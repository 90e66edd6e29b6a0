"""Put the application together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from voice_assistant import __version__
from voice_assistant.api import download, health, metrics, openai, pages, process, transcribe
from voice_assistant.api.body import BodyReader
from voice_assistant.api.errors import add_error_handlers
from voice_assistant.api.guard import Guard
from voice_assistant.assistant.services import Services
from voice_assistant.choice.chooser import Chooser
from voice_assistant.logs import set_up_logging
from voice_assistant.settings import Settings


def create_app(settings: Settings, chooser: Chooser) -> FastAPI:
    """Put the service together; its model loads in the background once it is started.

    Args:
        settings: what it was started with.
        chooser: chooses the model.
    """
    services = Services(settings, chooser)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        set_up_logging(settings)
        services.start()
        yield
        await services.stop()

    app = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        title="Voice assistant",
        version=__version__,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.services = services
    for module in (health, download, metrics, transcribe, process, openai, pages):
        app.include_router(module.router)
    app.mount("/static", pages.FreshStaticFiles(directory=pages.STATIC), name="static")
    add_error_handlers(app, settings)

    # The last one added is the first to see a request.
    app.add_middleware(BodyReader, settings=settings)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
    )
    app.add_middleware(Guard, settings=settings)
    return app
