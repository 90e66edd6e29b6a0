"""Check who may call, by Host, Origin and token, before anything else is read.

Every page that the person has open can reach a service on the loopback address. Browsers send
multipart and text/plain to it without asking first, and with DNS rebinding a page's own name can
point here. So both headers are compared with fixed lists, never with each other, and a browser's
request without an Origin must be one of the few that install the button.
"""

from __future__ import annotations

import logging
import secrets
from functools import cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from voice_assistant.api.errors import error_response
from voice_assistant.errors import RequestError
from voice_assistant.messages import accepted_locale, choose_locale
from voice_assistant.settings import Settings

_LOG = logging.getLogger(__name__)

_OUR_NAMES = ("localhost", "127.0.0.1", "[::1]")
_PAGES = frozenset({"/", "/docs"})
_STATIC = ("/static/", "/static-offline-docs/")


class Guard:
    """Answer 403 to foreign hosts and foreign pages, and 401 without the token, as middleware.

    Args:
        app: what to protect.
        settings: the lists, the token and the port.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._known = cache(self._known_at)
        self._token = settings.token.get_secret_value() if settings.token else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with an error."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        _LOG.warning("%s: %s %s", refusal.code, scope.get("method", "WS"), scope["path"])
        if scope["type"] == "websocket":
            # Closing before accepting makes the server answer 403.
            await send({"type": "websocket.close", "code": 1008})
        else:
            locale = accepted_locale(
                headers.get("accept-language"), choose_locale(self._settings.locale)
            )
            response = error_response(refusal, scope["path"], locale)
            await response(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> RequestError | None:
        port = scope["server"][1] if scope.get("server") else self._settings.port
        hosts, origins = self._known(port)
        values = headers.getlist("host")
        host = values[0].lower() if len(values) == 1 else ""
        if host not in hosts:
            return RequestError("FOREIGN_HOST", host=host[:100], port=port)

        given = headers.getlist("origin")
        if given and not (len(given) == 1 and given[0].lower() in origins):
            return RequestError("FOREIGN_ORIGIN", origin=given[0][:100])
        if not given and _from_elsewhere(scope, headers):
            return RequestError("FOREIGN_ORIGIN", origin=headers.get("referer", "?")[:100])
        if self._token and not self._has_token(scope, headers):
            return RequestError("UNAUTHORIZED")
        return None

    def _known_at(self, port: int) -> tuple[frozenset[str], frozenset[str]]:
        """List the hosts under which it may be called at this port, and the pages that may."""
        hosts = {f"{name}:{port}" for name in _OUR_NAMES} | set(self._settings.allowed_hosts)
        origins = {f"http://{own}" for own in hosts} | set(self._settings.allowed_origins)
        return frozenset(hosts), frozenset(origins)

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        # Pages and scripts hold no secret, and browsers cannot send a token for them.
        path: str = scope["path"]
        if scope.get("method") == "OPTIONS" or path == "/" or path.startswith(_STATIC):
            return True
        scheme, _, token = headers.get("authorization", "").partition(" ")
        expected = (self._token or "").encode()
        return scheme.lower() == "bearer" and secrets.compare_digest(token.encode(), expected)


def _from_elsewhere(scope: Scope, headers: Headers) -> bool:
    """Return whether another site's page made a browser send this, and not to install the button.

    Browsers leave the Origin away from links, images, scripts and no-cors reads; Sec-Fetch-* tells.
    """
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    path: str = scope["path"]
    destination = headers.get("sec-fetch-dest")
    opens_page = headers.get("sec-fetch-mode") == "navigate" and destination == "document"
    if scope.get("method") != "GET":
        return True
    return not (
        (path in _PAGES and opens_page) or (path.startswith(_STATIC) and destination == "script")
    )
