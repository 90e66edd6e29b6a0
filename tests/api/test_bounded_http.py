from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse

import pytest

from tests.support.live_service import LiveService
from voice_assistant.api.bounded_http import LONGEST_HEAD

BODY = json.dumps({"text": "你好", "execute_commands": False}).encode()
OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    service = LiveService(tmp_path_factory.mktemp("service"), [], engine="fake", dry_run="1")
    yield service
    service.stop()


@pytest.fixture
def connection(live: LiveService) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", live.port), timeout=20) as connection:
        yield connection


def head(port: int, extra: bytes = b"") -> bytes:
    return (
        b"POST /process HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n%s\r\n" % (port, len(BODY), extra)
    )


def answer(connection: socket.socket) -> tuple[int, bytes]:
    response = HTTPResponse(connection)
    response.begin()
    return response.status, response.read()


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"GET /", b"a"),
        (b"GET /health HTTP/1.1\r\nX: ", b"a"),
        (b"GET /health HTTP/1.1\r\n", b"X: a\r\n"),
        (b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", b"X: a\r\n"),
    ],
    ids=["request line", "header", "headers", "trailers"],
)
def test_endless_head(connection: socket.socket, start: bytes, more: bytes) -> None:
    part = more * (LONGEST_HEAD // len(more))
    with pytest.raises(ConnectionError):
        connection.sendall(start + 1000 * part)


def test_head_that_is_too_long(connection: socket.socket) -> None:
    connection.sendall(b"GET /" + b"a" * LONGEST_HEAD)
    assert answer(connection)[0] == 400


def test_body_much_longer_than_a_head(live: LiveService, connection: socket.socket) -> None:
    body = json.dumps({"text": "x" * 10_000, "padding": "x" * 3 * LONGEST_HEAD}).encode()
    length = b"Content-Length: %d\r\n" % len(body)
    connection.sendall(head(live.port).replace(b"Content-Length: %d\r\n" % len(BODY), length))
    connection.sendall(body)
    assert answer(connection)[0] == 422


@pytest.mark.parametrize("at_once", [True, False], ids=["one packet", "two packets"])
def test_request_that_offers_http_2(
    live: LiveService, connection: socket.socket, *, at_once: bool
) -> None:
    for _ in range(2):
        if at_once:
            connection.sendall(head(live.port, OFFER) + BODY)
        else:
            connection.sendall(head(live.port, OFFER))
            connection.sendall(BODY)
        status, content = answer(connection)
        assert status == 200
        assert json.loads(content)["transcribed_text"] == "你好"
