"""Speak HTTP quickly, without two faults that quick HTTP has in uvicorn.

Both lie before ASGI: an application sees a head when it is complete, and a body as the server gives
it. So only our own server (`launcher/serve.py`) is protected; a foreign one that runs
`voice_api_server:app` has to bound heads itself.
"""

from __future__ import annotations

import re

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 65_536
"""Limits the bytes that may come without a request, or a part of a body, being complete."""

_HEAD_END = b"\r\n\r\n"
_OFFER = re.compile(rb"\r\nupgrade:", re.IGNORECASE)


class BoundedHttp(HttpToolsProtocol):
    """Answer 400 to an endless head, and read bodies that come with `Upgrade`.

    A head is read before the token can be looked at, and 50 MB of one took 700 MB of memory.
    Java's HttpClient offers HTTP/2 with its requests; httptools leaves out their bodies.
    """

    _held = 0
    _in_body = False

    def data_received(self, data: bytes) -> None:
        """Read on, unless that has led nowhere for too long."""
        if not self._in_body and _OFFER.search(data):
            head, end, rest = data.partition(_HEAD_END)
            data = _OFFER.sub(b"\r\nx-upgrade:", head) + end + rest
        self._held += len(data)
        super().data_received(data)
        if self._held > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("Request head too large.")

    def on_headers_complete(self) -> None:
        """Note the end of a head."""
        self._in_body = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass on a part of a body."""
        self._held = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note the end of a request."""
        self._held = 0
        self._in_body = False
        super().on_message_complete()
