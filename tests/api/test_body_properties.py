from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from voice_assistant.api.body import BodyReader
from voice_assistant.settings import Settings

LIMIT = 1000 + 64_000


def passed(chunks: list[bytes], length: bytes | None) -> tuple[list[bytes], list[int]]:
    """The bodies that get through, and the status of what is answered instead."""
    waiting = [*chunks]
    bodies: list[bytes] = []
    statuses: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        assert message["more_body"] is False
        bodies.append(message["body"])

    async def receive() -> Message:
        part = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": part, "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [] if length is None else [(b"content-length", length)]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/process",
        "headers": headers,
    }
    asyncio.run(BodyReader(app, Settings(max_upload_mb=0.001))(scope, receive, send))
    return bodies, statuses


CHUNKS = st.lists(st.integers(0, 30_000).map(bytes), max_size=6)
LENGTHS = st.none() | st.integers(0, 10**30).map(lambda n: str(n).encode()) | st.binary(max_size=5)


@given(CHUNKS, LENGTHS)
@example([b"x"], b"9" * 5000)
@example([b"x"], "²٣".encode("latin-1", "replace"))
@example([b"x"], b"-1")
@example([bytes(LIMIT)], None)
@example([bytes(LIMIT), b"x"], None)
def test_a_body_comes_whole_or_not_at_all(chunks: list[bytes], length: bytes | None) -> None:
    bodies, statuses = passed(chunks, length)
    body = b"".join(chunks)
    said = int(length[:20]) if length is not None and length.isdigit() else 0
    if len(body) <= LIMIT and said <= LIMIT:
        assert (bodies, statuses) == ([body], [])
    else:
        assert (bodies, statuses) == ([], [413])
