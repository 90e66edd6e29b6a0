from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.models.download.servers import Answer, Headers, answering, forwarding, redirecting
from tests.support.hub import Hub
from tests.support.published import REPOSITORY, content
from voice_assistant.models.download.connection import Connection, RangesIgnoredError, SourceError
from voice_assistant.models.download.source import Source, find_source
from voice_assistant.models.model import ModelFile

DATA = content("model", 1_200_001)
IDLE_S = 0.2


@pytest.fixture
def source(hub: Hub, file: ModelFile) -> Source:
    found = find_source("modelscope", file)
    assert found is not None
    return found


@pytest.fixture
def connection(file: ModelFile) -> Iterator[Connection]:
    with closing(Connection(file, IDLE_S)) as connection:
        yield connection


def taken(connection: Connection, source: Source, start: int, end: int) -> bytes:
    """The bytes that came, whose offsets follow each other."""
    came = bytearray()
    for offset, piece in connection.read(source, start, end):
        assert offset == start + len(came)
        came += piece
    return bytes(came)


def fault(action: Callable[[], object]) -> tuple[str, bool]:
    with pytest.raises(SourceError) as caught:
        action()
    return caught.value.fault, caught.value.lasting


def test_a_span(connection: Connection, source: Source) -> None:
    assert taken(connection, source, 1000, 700_000) == DATA[1000:700_000]
    assert taken(connection, source, 0, len(DATA)) == DATA


def test_one_connection_serves_several_spans(
    connection: Connection, source: Source, hub: Hub
) -> None:
    for start in range(0, 5000, 1000):
        taken(connection, source, start, start + 1000)
    assert hub.connections == 1


def test_the_whole(connection: Connection, source: Source, hub: Hub) -> None:
    hub.faults.no_ranges = True
    assert b"".join(piece for _, piece in connection.read_all(source)) == DATA


def test_a_source_that_ignores_ranges(connection: Connection, source: Source, hub: Hub) -> None:
    hub.faults.no_ranges = True
    with pytest.raises(RangesIgnoredError):
        taken(connection, source, 1000, 2000)
    # All of it is what was asked for.
    assert taken(connection, source, 0, len(DATA)) == DATA


def test_what_came_before_a_cut_is_given(connection: Connection, source: Source, hub: Hub) -> None:
    hub.faults.cut_after = 50_000
    came = bytearray()

    def read() -> None:
        for _, piece in connection.read(source, 7, len(DATA)):
            came.extend(piece)

    assert fault(read) == ("unreachable", False)
    assert came == DATA[7 : 7 + 50_000]


@pytest.mark.parametrize("stall_after", [0, 50_000])
def test_a_stall(connection: Connection, source: Source, hub: Hub, stall_after: int) -> None:
    hub.faults.stall_after = stall_after
    assert fault(lambda: taken(connection, source, 7, len(DATA))) == ("stalled", False)


@pytest.mark.parametrize(
    ("status", "lasting"), [(403, True), (404, True), (416, True), (429, False), (500, False)]
)
def test_a_refusal(
    connection: Connection, source: Source, hub: Hub, status: int, lasting: bool
) -> None:
    hub.faults.status = status
    with pytest.raises(SourceError, match=f"HTTP {status}") as caught:
        taken(connection, source, 0, 10)
    assert (caught.value.fault, caught.value.lasting) == ("refused", lasting)


@pytest.mark.parametrize("span", [(0, 10), (0, len(DATA) - 1), (10, 20)])
def test_another_size(source: Source, file: ModelFile, hub: Hub, span: tuple[int, int]) -> None:
    for no_ranges in (False, True):
        hub.faults.no_ranges = no_ranges
        with closing(Connection(replace(file, size=file.size - 1), IDLE_S)) as connection:
            assert fault(lambda: taken(connection, source, *span)) == ("differs", True)


def test_another_sha256_is_announced(source: Source, file: ModelFile) -> None:
    with closing(Connection(replace(file, sha256="a" * 64), IDLE_S)) as connection:
        assert fault(lambda: taken(connection, source, 5, 10)) == ("differs", True)


def test_nobody_there(connection: Connection) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        source = Source("official", f"http://127.0.0.1:{unused.getsockname()[1]}/model.bin")
        assert fault(lambda: taken(connection, source, 0, 10)) == ("unreachable", False)


@pytest.mark.parametrize("given", ["bytes 1-10/1200001", "", "bytes */1200001"])
def test_another_part_than_was_asked_for(connection: Connection, given: str) -> None:
    def answer(path: str, headers: Headers) -> Answer:
        return 206, {"Content-Range": given, "Content-Length": "10"}, DATA[1:11]

    with answering(answer) as url:
        source = Source("official", url)
        assert fault(lambda: taken(connection, source, 0, 10)) == ("differs", True)


def test_a_size_that_is_no_number_says_nothing(connection: Connection) -> None:
    def answer(path: str, headers: Headers) -> Answer:
        return 206, {"Content-Range": "bytes 0-9/²", "Content-Length": "10"}, DATA[:10]

    with answering(answer) as url:
        assert taken(connection, Source("official", url), 0, 10) == DATA[:10]


def test_a_size_of_thousands_of_digits_is_another_one(connection: Connection) -> None:
    size = "9" * 5000

    def answer(path: str, headers: Headers) -> Answer:
        return 206, {"Content-Range": f"bytes 0-9/{size}", "Content-Length": "10"}, DATA[:10]

    with answering(answer) as url:
        source = Source("official", url)
        assert fault(lambda: taken(connection, source, 0, 10)) == ("differs", True)


def test_a_part_where_all_was_asked_for(connection: Connection) -> None:
    def answer(path: str, headers: Headers) -> Answer:
        return 206, {"Content-Range": "bytes 0-9/1200001", "Content-Length": "10"}, DATA[:10]

    with answering(answer) as url:
        pieces = connection.read_all(Source("official", url))
        assert fault(lambda: list(pieces)) == ("differs", True)


def test_a_source_that_says_neither_size_nor_hash(connection: Connection) -> None:
    with answering(lambda path, headers: (200, {}, DATA)) as url:
        assert taken(connection, Source("official", url), 0, len(DATA)) == DATA


def test_a_page_instead_of_the_file(connection: Connection) -> None:
    page = b"<html>Log in to this network</html>"
    with answering(lambda *_: (200, {"Content-Length": str(len(page))}, page)) as url:
        source = Source("official", url)
        assert fault(lambda: taken(connection, source, 0, 10)) == ("differs", True)


def test_a_redirect_is_followed_and_its_hash_is_looked_at(
    connection: Connection, hub: Hub, file: ModelFile
) -> None:
    hub.faults.no_hashes = True
    end = f"{hub.url}/files/{REPOSITORY}/model.bin"
    with answering(redirecting(end)) as url:
        assert taken(connection, Source("official", url), 10, 20) == DATA[10:20]

    def announce(path: str, headers: Headers) -> Answer:
        return 302, {"Location": end, "X-Linked-ETag": "b" * 64, "Content-Length": "0"}, b""

    with answering(announce) as url:
        source = Source("official", url)
        assert fault(lambda: taken(connection, source, 10, 20)) == ("differs", True)


def test_redirects_without_end(connection: Connection) -> None:
    with answering(redirecting("/again")) as url:
        source = Source("official", url)
        assert fault(lambda: taken(connection, source, 0, 10)) == ("unreachable", False)


def test_a_token_is_not_carried_to_another_host(connection: Connection) -> None:
    seen: dict[str, Headers] = {}

    def elsewhere(path: str, headers: Headers) -> Answer:
        seen["elsewhere"] = headers
        return 206, {"Content-Range": f"bytes 0-9/{len(DATA)}"}, DATA[:10]

    with answering(elsewhere) as other:

        def hub(path: str, headers: Headers) -> Answer:
            seen["hub"] = headers
            location = other.replace("127.0.0.1", "localhost")
            return 302, {"Location": location, "Content-Length": "0"}, b""

        with answering(hub) as url:
            source = Source("modelscope", url, "m_session_id=secret")
            assert taken(connection, source, 0, 10) == DATA[:10]
    assert seen["hub"]["Cookie"] == "m_session_id=secret"
    assert "secret" not in str(seen["elsewhere"])
    assert seen["elsewhere"]["Range"] == "bytes=0-9"


def test_a_proxy_of_the_environment(
    connection: Connection, hub: Hub, file: ModelFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    # Only the proxy knows where that is.
    url = f"http://models.invalid/files/{REPOSITORY}/model.bin"
    with answering(forwarding(hub.url, asked)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("http_proxy", proxy)
        assert taken(connection, Source("official", url), 10, 20) == DATA[10:20]
    assert [each.rstrip("?") for each in asked] == [url]


def test_a_proxy_that_is_not_there(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("http_proxy", proxy)
        source = Source("official", "http://models.invalid/model.bin")
        assert fault(lambda: taken(connection, source, 0, 10)) == ("unreachable", False)


def test_nothing_is_packed_on_the_way(connection: Connection, tmp_path: Path) -> None:
    seen: list[Headers] = []

    def answer(path: str, headers: Headers) -> Answer:
        seen.append(headers)
        return 206, {"Content-Range": f"bytes 0-9/{len(DATA)}"}, DATA[:10]

    with answering(answer) as url:
        taken(connection, Source("official", url), 0, 10)
    assert seen[0]["Accept-Encoding"] == "identity"


HEAD = f"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1999/{len(DATA)}\r\n"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """For sources that need no more than a socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def at(listener: socket.socket) -> Source:
    return Source("official", f"http://127.0.0.1:{listener.getsockname()[1]}/model.bin")


def test_what_has_come_is_not_held_back_while_more_is_waited_for(
    listener: socket.socket, file: ModelFile
) -> None:
    kept = threading.Event()

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            client.recv(1 << 16)
            client.sendall(f"{HEAD}Content-Length: 2000\r\n\r\n".encode() + DATA[:1000])
            if kept.wait(5):
                client.sendall(DATA[1000:2000])

    with closing(Connection(file, 10)) as connection, ThreadPoolExecutor(1) as pool:
        pool.submit(serve)
        pieces = connection.read(at(listener), 0, 2000)
        assert next(pieces) == (0, bytearray(DATA[:1000]))
        kept.set()
        assert next(pieces) == (1000, bytearray(DATA[1000:2000]))


@pytest.mark.skipif(sys.platform == "win32", reason="a process that is killed is gone there")
def test_a_source_is_told_at_once_that_nobody_listens(
    listener: socket.socket, file: ModelFile
) -> None:
    def serve() -> bytes:
        client, _ = listener.accept()
        with client:
            client.recv(1 << 16)
            client.sendall(f"{HEAD}Content-Length: 2000\r\n\r\n".encode() + DATA[:1000])
            return client.recv(1)

    with ThreadPoolExecutor(1) as pool:
        serving = pool.submit(serve)
        with (
            closing(Connection(file, 10)) as connection,
            closing(connection.read(at(listener), 0, 2000)) as pieces,
        ):
            next(pieces)
        # After a polite end it would go on sending.
        with pytest.raises(ConnectionResetError):
            serving.result()
