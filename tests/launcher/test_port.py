from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from voice_assistant.errors import LaunchError
from voice_assistant.launcher.port import open_listener, page_url


class Answer(BaseHTTPRequestHandler):
    """Answers every request with the server's `status` and `body`."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Other)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Other(HTTPServer):
    """A program on a port of its own."""

    status = 200
    body = b""


@pytest.fixture
def other() -> Iterator[Other]:
    with Other(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def refusal(host: str, port: int) -> LaunchError:
    with pytest.raises(LaunchError) as caught:
        open_listener(host, port).close()
    return caught.value


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_listens_at_once_and_can_be_had_again(host: str) -> None:
    with open_listener(host, 0) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=10):
            assert not listener.get_inheritable()  # launched programs must not keep the port
    open_listener(host, port).close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, json.dumps({"status": "healthy", "whisper_loaded": True})),
        (401, json.dumps({"success": False, "code": "UNAUTHORIZED", "error": "a token"})),
    ],
)
def test_our_own_service_is_recognised(
    other: Other, status: int, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # not for this computer
    other.status, other.body = status, body.encode()
    problem = refusal("127.0.0.1", other.server_port)
    assert problem.code == "launcher.already_running"
    assert problem.params["url"] == f"http://127.0.0.1:{other.server_port}/"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        *((200, "<html>"), (200, "[]"), (200, '{"status": "ok"}'), (404, "\xff")),
        pytest.param(200, "[" * 60_000, id="nested"),
    ],
)
def test_another_program_is_named_and_a_free_port_offered(
    other: Other, status: int, body: str
) -> None:
    other.status, other.body = status, body.encode("latin-1")
    problem = refusal("127.0.0.1", other.server_port)
    assert problem.code == "launcher.port_busy"
    assert problem.params["port"] == other.server_port
    free = problem.params["free"]
    assert isinstance(free, int)
    assert free > other.server_port


def test_a_program_that_hangs_up_is_another_program() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:

        def hang_up() -> None:
            mute.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert refusal("127.0.0.1", mute.getsockname()[1]).code == "launcher.port_busy"
        thread.join()


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host"])
def test_address_of_another_computer(host: str) -> None:
    assert refusal(host, 0).code == "launcher.bad_host"


def test_forbidden_port(monkeypatch: pytest.MonkeyPatch) -> None:
    bind = socket.socket.bind

    def refuse_low_ports(self: socket.socket, address: tuple[str, int]) -> None:
        if address[1] < 1024:
            raise PermissionError(13, "Permission denied")
        bind(self, address)

    monkeypatch.setattr(socket.socket, "bind", refuse_low_ports)
    problem = refusal("127.0.0.1", 80)
    assert problem.code == "launcher.port_forbidden"
    free = problem.params["free"]
    assert isinstance(free, int)
    assert free >= 1024


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8889/"),
        ("localhost", "http://localhost:8889/"),
        ("0.0.0.0", "http://127.0.0.1:8889/"),
        ("::", "http://127.0.0.1:8889/"),
        ("::1", "http://[::1]:8889/"),
    ],
)
def test_page_url(host: str, url: str) -> None:
    assert page_url(host, 8889) == url
