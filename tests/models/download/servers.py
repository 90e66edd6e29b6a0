"""Small servers on loopback, for what the hub does not do."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.support.hub import Hub

Headers = dict[str, str]
Answer = tuple[int, Headers, bytes]


@contextmanager
def answering(answer: Callable[[str, Headers], Answer]) -> Iterator[str]:
    """A server that answers a path and headers with a status, headers and a body."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            status, headers, body = answer(self.path, dict(self.headers.items()))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def redirecting(target: str) -> Callable[[str, Headers], Answer]:
    """Sends everybody to `target`."""
    return lambda path, headers: (302, {"Location": target, "Content-Length": "0"}, b"")


def forwarding(host: str, asked: list[str]) -> Callable[[str, Headers], Answer]:
    """A proxy that gets everything from `host`, and keeps what it was asked."""

    def answer(path: str, headers: Headers) -> Answer:
        asked.append(path)
        url = urlsplit(path)
        connection = http.client.HTTPConnection(urlsplit(host).netloc)
        with closing(connection):
            passed = {name: headers[name] for name in ("Range",) if name in headers}
            connection.request("GET", f"{url.path}?{url.query}", headers=passed)
            response = connection.getresponse()
            body = response.read()
            return response.status, {"Connection": "close", **dict(response.getheaders())}, body

    return answer


def sent_in_all(hub: Hub, name: str) -> int:
    """Bytes that a hub has sent of a file, once nobody who has hung up is sent any more."""
    sent = -1
    while sent != hub.sent[name]:
        sent = hub.sent[name]
        time.sleep(0.1)
    return sent
