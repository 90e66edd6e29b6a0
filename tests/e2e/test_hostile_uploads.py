"""Broken and hostile uploads against the real service: a clear refusal, soon, and it lives on."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import httpx2
import pytest

from tests.support.hostile_uploads import hostile_uploads
from tests.support.live_service import LiveService
from tests.support.sounds import clip

REFUSED_WITHIN_S = 5.0
"""What the agreement says; also what keeps one upload from holding up the others."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveService]:
    running = LiveService(tmp_path_factory.mktemp("hostile"), [], engine="fake")
    yield running
    running.stop()


def upload(live: LiveService, data: bytes, name: str = "a.wav") -> httpx2.Response:
    return httpx2.post(
        f"{live.url}/transcribe",
        files={"audio_file": (name, data)},
        timeout=30,
        trust_env=False,
    )


def assert_refused(response: httpx2.Response) -> None:
    assert 400 <= response.status_code < 500
    body = response.json()
    assert set(body) == {"success", "code", "error"}
    assert body["success"] is False
    assert body["error"]


def assert_alive(live: LiveService) -> None:
    answer = upload(live, clip("zm_yunxi_000"))
    assert (answer.status_code, answer.json()["transcribed_text"]) == (200, "打开计算器")


def test_there_are_fifty() -> None:
    assert len(dict(hostile_uploads())) >= 50


def test_each_is_refused_soon_and_the_next_good_clip_works(live: LiveService) -> None:
    wrong: list[str] = []
    for name, data in hostile_uploads():
        began = time.monotonic()
        response = upload(live, data, "list.m3u8")
        took = time.monotonic() - began
        if not (400 <= response.status_code < 500) or took > REFUSED_WITHIN_S:
            wrong.append(
                f"{name}: {response.status_code} after {took:.1f} s: {response.text[:200]}"
            )
            continue
        assert_refused(response)
    assert wrong == []
    assert_alive(live)


def test_200_megabytes_with_a_length(live: LiveService) -> None:
    began = time.monotonic()
    response = upload(live, bytes(200_000_000))
    assert time.monotonic() - began < REFUSED_WITHIN_S
    assert_refused(response)
    assert response.json()["code"] == "UPLOAD_TOO_LARGE"
    assert_alive(live)


def test_200_megabytes_in_chunks(live: LiveService) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(200):
            yield bytes(1_000_000)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = httpx2.post(
        f"{live.url}/transcribe", content=chunks(), headers=headers, timeout=30, trust_env=False
    )
    assert (response.status_code, response.json()["code"]) == (413, "UPLOAD_TOO_LARGE")
    assert_alive(live)


def raw(live: LiveService, request: bytes, *, read_for_s: float = 8.0) -> bytes:
    """What the service answers to these bytes, sent on a connection that then stays open."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=read_for_s) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
            head, _, body = answer.partition(b"\r\n\r\n")
            if body and body.endswith(b"}") and b"content-length" in head.lower():
                break
        return answer


def head(live: LiveService, length: str) -> bytes:
    return (
        f"POST /transcribe HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_a_body_that_never_comes(live: LiveService) -> None:
    began = time.monotonic()
    answer = raw(live, head(live, "1000") + b"--x")
    assert time.monotonic() - began < REFUSED_WITHIN_S
    assert b" 408 " in answer.splitlines()[0]
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "REQUEST_TIMEOUT"
    assert_alive(live)


def test_a_terabyte_announced(live: LiveService) -> None:
    answer = raw(live, head(live, "1000000000000") + b"--x")
    assert b" 413 " in answer.splitlines()[0]
    assert_alive(live)


@pytest.mark.parametrize("length", ["-1", "abc", "1, 2", "0x10"])
def test_lengths_that_are_none(live: LiveService, length: str) -> None:
    answer = raw(live, head(live, length) + b"--x", read_for_s=8)
    assert b" 4" in answer.splitlines()[0]
    assert_alive(live)


def test_a_client_that_leaves_in_the_middle(live: LiveService) -> None:
    with socket.create_connection(("127.0.0.1", live.port), timeout=5) as connection:
        connection.sendall(head(live, "1000000") + b"--x\r\n" + bytes(1000))
    assert_alive(live)
