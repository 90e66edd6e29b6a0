"""Read request bodies whole, in memory, within limits of size and time."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from voice_assistant.api.errors import error_response
from voice_assistant.errors import RequestError
from voice_assistant.messages import accepted_locale, choose_locale
from voice_assistant.settings import Settings

# Field names, boundaries and the other fields of a form.
_OVERHEAD = 64_000
# Nobody's microphone pauses longer on the way to their own computer.
_IDLE_S = 4.0
# A client that is still sending does not see an answer, so a body that is too large is read to its
# end and thrown away, unless that takes too long.
_DRAIN_S = 3.0
_DRAIN_BYTES = 512_000_000
_MOST_DIGITS = 18


class BodyReader:
    """Hand on whole bodies, and answer 413 or 408 to others, as ASGI middleware.

    Args:
        app: what gets the requests.
        settings: the limit.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._limit = int(settings.max_upload_mb * 1e6) + _OVERHEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read a body, then pass the request on, or answer it with an error."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            body = await self._read(headers, receive)
        except RequestError as error:
            locale = accepted_locale(
                headers.get("accept-language"), choose_locale(self._settings.locale)
            )
            response = error_response(error, scope["path"], locale)
            response.headers["connection"] = "close"
            await response(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replay(body, receive), send)

    async def _read(self, headers: Headers, receive: Receive) -> bytes | None:
        """Read a body; `None` if the client went away."""
        declared = headers.get("content-length", "0")
        # Python makes no number of thousands of digits; what was read counts in the end.
        size = int(declared[:_MOST_DIGITS]) if declared.isdecimal() else 0
        too_large = RequestError("UPLOAD_TOO_LARGE", limit_mb=self._settings.max_upload_mb)
        if size > _DRAIN_BYTES:
            raise too_large
        chunks: list[bytes] = []
        count = 0
        over = size > self._limit
        deadline = asyncio.get_running_loop().time() + _DRAIN_S
        while True:
            try:
                message = await asyncio.wait_for(receive(), _IDLE_S)
            except asyncio.TimeoutError:
                raise too_large if over else RequestError("REQUEST_TIMEOUT") from None
            if message["type"] == "http.disconnect":
                return None
            chunk: bytes = message.get("body", b"")
            count += len(chunk)
            if count > self._limit and not over:
                over = True
                deadline = asyncio.get_running_loop().time() + _DRAIN_S
            if over:
                chunks.clear()
            else:
                chunks.append(chunk)
            if not message.get("more_body", False):
                break
            if over and (asyncio.get_running_loop().time() > deadline or count > _DRAIN_BYTES):
                break
        if over:
            raise too_large
        return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay
