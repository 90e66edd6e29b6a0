"""Give every failure one error shape."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from voice_assistant.api.schemas import ErrorBody, OpenAIError, OpenAIErrorBody
from voice_assistant.errors import RequestError, VoiceError
from voice_assistant.messages import Locale, accepted_locale, choose_locale, say
from voice_assistant.settings import Settings

_LOG = logging.getLogger(__name__)

RETRY_AFTER_S = 2
"""Tells clients how long to wait where nothing better is known, in seconds."""

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorBody},
    "5XX": {"model": ErrorBody},
}
"""Describes the failures of a route, for OpenAPI."""


def error_response(error: VoiceError, path: str, locale: Locale) -> JSONResponse:
    """Put an error into JSON: ours, or OpenAI's on `/v1`."""
    sentence = say(error.code, locale, **error.params)
    body: ErrorBody | OpenAIErrorBody = ErrorBody(code=error.code, error=sentence)
    if path.startswith("/v1/"):
        body = OpenAIErrorBody(
            error=OpenAIError(
                message=sentence,
                type="server_error" if error.status >= 500 else "invalid_request_error",
                code=error.code.lower(),
            )
        )
    headers = None
    if error.status in (429, 503):
        headers = {"Retry-After": str(error.params.get("retry_after_s", RETRY_AFTER_S))}
    return JSONResponse(body.model_dump(), error.status, headers)


def request_locale(request: Request) -> Locale:
    """Choose the language of the answer's sentences: the browser's, else the service's."""
    settings: Settings = request.app.state.settings
    return accepted_locale(request.headers.get("accept-language"), choose_locale(settings.locale))


def add_error_handlers(app: FastAPI, settings: Settings) -> None:
    """Turn every exception into the one error shape."""

    def respond(request: Request, error: VoiceError) -> JSONResponse:
        return error_response(error, request.url.path, request_locale(request))

    @app.exception_handler(VoiceError)
    async def voice_error(request: Request, error: VoiceError) -> JSONResponse:
        _LOG.debug("%s %s: %s", request.method, request.url.path, error.code)
        return respond(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
        return respond(request, RequestError("INVALID_FIELDS", detail=f"{place}: {first['msg']}"))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        path = request.url.path
        known: dict[int, VoiceError] = {
            404: RequestError("NOT_FOUND", path=path),
            405: RequestError("METHOD_NOT_ALLOWED", path=path, method=request.method),
        }
        fallback = RequestError("INVALID_FIELDS", detail=str(error.detail))
        return respond(request, known.get(error.status_code, fallback))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return respond(request, VoiceError("INTERNAL", log_file=str(settings.log_file)))
