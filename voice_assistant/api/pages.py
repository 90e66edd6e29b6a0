"""Serve the control page and the button script."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

from voice_assistant import ROOT

STATIC = ROOT / "static"

_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    # The page can launch programs: nobody may frame it, and nothing foreign runs in it.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

router = APIRouter()


@router.get("/", include_in_schema=False)
async def control_page() -> FileResponse:
    """Serve the control page."""
    return FileResponse(STATIC / "index.html", headers=_PAGE_HEADERS)


class FreshStaticFiles(StaticFiles):
    """Serve files that browsers ask for anew each time, so that a newer button arrives."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """Serve a file, never from a cache."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
