"""Offer the service as `app` to any ASGI server; `python voice_api_server.py` serves it.

Only the latter bounds the heads of requests (`voice_assistant/api/bounded_http.py`): a foreign
server has to do that itself.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI


@cache
def _app() -> FastAPI:
    from voice_assistant.api.app import create_app
    from voice_assistant.choice.chooser import Chooser
    from voice_assistant.settings import load_settings

    settings = load_settings()
    return create_app(settings, Chooser(settings))


def __getattr__(name: str) -> Any:
    # `app` is made when it is asked for: the speech process imports this file too, and must not.
    if name == "app":
        return _app()
    raise AttributeError(name)


if __name__ == "__main__":
    from voice_assistant.launcher.main import main

    sys.exit(main(["serve", *sys.argv[1:]]))
