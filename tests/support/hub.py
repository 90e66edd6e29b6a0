"""A model hub on loopback that can misbehave: `benchmarks.hub` runs it by hand.

It answers what the ModelScope client asks (modelscope_hub 0.5.1): the files of the repository
`OWNER/NAME` are those of `FOLDER/OWNER/NAME`. `/files/PATH` is `FOLDER/PATH`, for what is not on a
hub. The options say how it misbehaves; tests set `Hub.faults` while it runs.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

_PIECE = 1 << 18


@dataclass
class Faults:
    """How the hub misbehaves; times are of bodies, not of listings.

    Attributes:
        rate: bytes per second of each connection; 0: no limit.
        burst: bytes that come at once then, and what waits in the kernel counts; 0: few.
        latency_s: before each answer.
        cut_after: bytes of a body after which the connection is cut; 0: never.
        stall_after: bytes of a body after which nothing more comes; -1: never.
        corrupt: how many bodies have a byte changed.
        status: what is answered instead of a body; 0: a body.
        no_hashes: whether the hub keeps the SHA-256 of its files to itself.
        no_ranges: whether every body is the whole file.
    """

    rate: float = 0.0
    burst: int = 0
    latency_s: float = 0.0
    cut_after: int = 0
    stall_after: int = -1
    corrupt: int = 0
    status: int = 0
    no_hashes: bool = False
    no_ranges: bool = False


@dataclass
class Hub:
    """A running hub.

    Attributes:
        url: its address.
        faults: how it misbehaves now.
        sent: bytes of bodies it has sent, by the path of the file.
        connections: how many it has accepted.
    """

    url: str
    faults: Faults
    sent: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    hashes: dict[Path, str] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def sha256(self, path: Path) -> str:
        """Of a file, computed once."""
        with self.lock:
            if path not in self.hashes:
                with path.open("rb") as stream:
                    digest = hashlib.sha256()
                    while piece := stream.read(1 << 20):
                        digest.update(piece)
                self.hashes[path] = digest.hexdigest()
            return self.hashes[path]


@contextmanager
def running_hub(folder: Path, faults: Faults | None = None, port: int = 0) -> Iterator[Hub]:
    """A hub that serves a folder while the block runs."""
    server = _Server(("127.0.0.1", port), _Handler)
    hub = Hub(f"http://127.0.0.1:{server.server_address[1]}", faults or Faults())
    vars(server).update(hub=hub, folder=folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield hub
    finally:
        hub.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what this hub is for."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def hub(self) -> Hub:
        hub: Hub = vars(self.server)["hub"]
        return hub

    def setup(self) -> None:
        super().setup()
        with self.hub.lock:
            self.hub.connections += 1

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        try:
            self._answer()
        except OSError:
            # The client hung up, as those do that are killed.
            self.close_connection = True

    def _answer(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        folder: Path = vars(self.server)["folder"]
        parts = unquote(url.path).strip("/").split("/")
        if parts[0] == "files":
            self._send_file(folder.joinpath(*parts[1:]))
        elif parts[:3] == ["api", "v1", "models"] and len(parts) >= 6:
            repository = folder / parts[3] / parts[4]
            rest = "/".join(parts[5:])
            if rest == "repo" and "FilePath" in query:
                self._send_file(repository / query["FilePath"])
            elif not repository.is_dir():
                self._send_json({"Code": 404, "Message": "not found"}, 404)
            elif rest == "repo/files":
                self._send_json({"Code": 200, "Data": {"Files": self._listing(repository)}})
            elif rest == "revisions":
                branches = [{"Revision": "master"}]
                revisions = {"RevisionMap": {"Branches": branches, "Tags": []}}
                self._send_json({"Code": 200, "Data": revisions})
            else:
                self._send_json({"Code": 404, "Message": "not found"}, 404)
        else:
            self._send_json({"Code": 404, "Message": "not found"}, 404)

    def _listing(self, repository: Path) -> list[dict[str, object]]:
        files = []
        for path in sorted(repository.iterdir()):
            about: dict[str, object] = {
                "Path": path.name,
                "Name": path.name,
                "Size": path.stat().st_size,
                "Type": "blob",
            }
            if not self.hub.faults.no_hashes:
                about["Sha256"] = self.hub.sha256(path)
            files.append(about)
        return files

    def _send_json(self, content: object, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_file(self, path: Path) -> None:
        faults = self.hub.faults
        if faults.latency_s:
            time.sleep(faults.latency_s)
        if faults.status or not path.is_file():
            status = faults.status or 404
            self._send_json({"Code": status, "Message": "no"}, status)
            return
        size = path.stat().st_size
        start, end = self._range(size)
        self.send_response(206 if (start, end) != (0, size) else 200)
        if (start, end) != (0, size):
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        if not faults.no_hashes:
            self.send_header("X-Linked-ETag", f'"{self.hub.sha256(path)}"')
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        if self.command != "HEAD":
            with path.open("rb") as stream:
                self._send_body(stream.fileno(), start, end, path.name)

    def _range(self, size: int) -> tuple[int, int]:
        asked = self.headers.get("Range", "")
        if self.hub.faults.no_ranges or not asked.startswith("bytes="):
            return 0, size
        first, _, last = asked[len("bytes=") :].partition("-")
        return int(first), min(int(last) + 1, size) if last else size

    def _send_body(self, source: int, start: int, end: int, name: str) -> None:
        faults, began, offset = self.hub.faults, time.monotonic(), start
        with self.hub.lock:
            corrupt = faults.corrupt > 0
            faults.corrupt -= corrupt
        self.wfile.flush()
        if faults.rate and not faults.burst:
            # What waits in the kernel would arrive after a client is dead, or at once at the start.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 14)
        while offset < end:
            gone = offset - start
            if 0 < faults.cut_after <= gone:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if 0 <= faults.stall_after <= gone:
                self.hub.ended.wait()
                self.close_connection = True
                return
            count = min(end - offset, _PIECE)
            if rate := faults.rate:  # a test may change it meanwhile
                count = min(count, faults.burst or max(1, int(rate / 200)))
                pause = began + gone / rate - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
            for limit in (faults.cut_after, faults.stall_after):
                if limit > 0:
                    count = min(count, limit - gone)
            if corrupt:
                piece = bytearray(os.pread(source, count, offset))
                piece[0] ^= 0xFF
                corrupt = False
                self.connection.sendall(piece)
                sent = len(piece)
            else:
                sent = os.sendfile(self.connection.fileno(), source, offset, count)
            offset += sent
            with self.hub.lock:
                self.hub.sent[name] += sent
