"""Runs stage 2 as `start.py` does, with an application that has only /health.

Usage: python -m tests.launcher.fake_server [refuse] [arguments of start.py]
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

from fastapi import FastAPI

from voice_assistant.assistant.services import Services
from voice_assistant.choice.chooser import Chooser
from voice_assistant.installation.environment import Environment
from voice_assistant.launcher.main import main
from voice_assistant.settings import Settings


def create_app(settings: Settings, chooser: Chooser) -> FastAPI:
    """An application that says which port its settings have; it does not start with `refuse`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if sys.argv[1:2] == ["refuse"]:
            raise RuntimeError("refused to start")
        yield

    app = FastAPI(lifespan=lifespan)
    app.state.services = Services(settings, chooser)

    @app.get("/health")
    async def health() -> dict[str, int]:
        return {"port": settings.port}

    return app


if __name__ == "__main__":
    server = ModuleType("voice_assistant.api.app")
    server.create_app = create_app  # type: ignore[attr-defined]
    sys.modules[server.__name__] = server
    # The Python that runs this has everything: stage 1 has nothing to do.
    Environment.prepare = lambda *_: False  # type: ignore[method-assign]
    Environment.is_current = lambda *_: True  # type: ignore[method-assign]
    sys.exit(main([word for word in sys.argv[1:] if word != "refuse"]))
