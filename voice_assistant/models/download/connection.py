"""Read a range of a file from a source over one connection, piece by piece."""

from __future__ import annotations

import re
import socket
import struct
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.util.wait import wait_for_read

from voice_assistant.models.download.source import Source
from voice_assistant.models.model import ModelFile

# A source that does not accept within this time is unreachable, and the next one is asked.
_CONNECT_S = 10
# Bytes of one piece: what is lost when the process dies before it has been written.
_MOST_BYTES = 1 << 20
# Characters of a library's message that people are shown.
_MOST_TEXT = 200
_MOST_DIGITS = 18
_SOCKET_OPTIONS = [*HTTPConnection.default_socket_options]
if sys.platform != "win32":
    _SOCKET_OPTIONS.append((socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)))
_HASH_HEADER = "X-Linked-ETag"

Fault = Literal["unreachable", "refused", "stalled", "differs"]
"""What is wrong with a source; codes of `ModelError` begin with `DOWNLOAD_` and end with these."""


Pieces: TypeAlias = Generator[tuple[int, bytearray], None, None]
"""Pieces of a file, each with its offset."""


class SourceError(Exception):
    """Say that a source did not give what was asked for.

    Args:
        fault: what is wrong.
        detail: for example the status.
        lasting: whether asking again is of no use.
    """

    def __init__(self, fault: Fault, detail: str, *, lasting: bool = False) -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail
        self.lasting = lasting


class RangesIgnoredError(Exception):
    """Say that a source sends the whole file, whatever is asked for."""


class _Adapter(HTTPAdapter):
    """Make connections that end at once when this process does.

    By themselves systems other than Windows say goodbye politely when a process is killed, and the
    source goes on sending to nobody until it is told off.
    """

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, socket_options=_SOCKET_OPTIONS, **options)

    def proxy_manager_for(self, proxy: Any, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, socket_options=_SOCKET_OPTIONS, **options)


class Connection:
    """Ask one source after another, and keep open what is open to each.

    Args:
        file: what is asked for.
        idle_s: seconds without a byte after which a connection counts as stalled.
    """

    def __init__(self, file: ModelFile, idle_s: float) -> None:
        self._file = file
        self._idle_s = idle_s
        # It knows the proxies of the environment, and those of Windows and macOS.
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _Adapter())
        self._session.headers["User-Agent"] = "voice-assistant"
        # Nothing may be packed: offsets are those of the file.
        self._session.headers["Accept-Encoding"] = "identity"
        self._response: requests.Response | None = None

    def close(self) -> None:
        """Close all that is open."""
        self._session.close()

    def abort(self) -> None:
        """End a request that is under way, from another thread: nobody waits for its answer."""
        connection = self._response.raw.connection if self._response is not None else None
        if connection is not None and connection.sock is not None:
            with suppress(OSError):  # it may have ended by itself
                connection.sock.shutdown(socket.SHUT_RDWR)

    def read(self, source: Source, start: int, end: int) -> Pieces:
        """Ask for the bytes from `start` up to `end`.

        Yields:
            Pieces with their offsets.

        Raises:
            SourceError: they do not come, or no more of them.
            RangesIgnoredError: the source would send the file from its beginning.
        """
        with _faults(), self._ask(source, {"Range": f"bytes={start}-{end - 1}"}) as response:
            self._check(response)
            if response.status_code == 200 and (start, end) != (0, self._file.size):
                raise RangesIgnoredError
            yield from _pieces(response, start if response.status_code == 206 else 0, end)

    def read_all(self, source: Source) -> Pieces:
        """Ask for the whole file; otherwise as `read`."""
        with _faults(), self._ask(source, {}) as response:
            self._check(response)
            yield from _pieces(response, 0, self._file.size)

    def _ask(self, source: Source, headers: dict[str, str]) -> requests.Response:
        if source.cookie:
            # As a header, since requests takes that off before it follows a redirect elsewhere.
            headers["Cookie"] = source.cookie
        timeout = (_CONNECT_S, self._idle_s)
        self._response = self._session.get(
            source.url, headers=headers, stream=True, timeout=timeout
        )
        return self._response

    def _check(self, response: requests.Response) -> None:
        """Refuse an answer that is not about the file that is wanted."""
        status = response.status_code
        if status not in (200, 206):
            # What the client did wrong stays wrong; 408 and 429 only ask for patience.
            lasting = 400 <= status < 500 and status not in (408, 429)
            raise SourceError("refused", f"HTTP {status}", lasting=lasting)
        for answer in (*response.history, response):
            announced = answer.headers.get(_HASH_HEADER, "").strip('"').lower()
            if len(announced) == 64 and announced != self._file.sha256:
                raise SourceError("differs", f"SHA-256 {announced}", lasting=True)
        size = response.headers.get("Content-Length", "")
        if status == 206:
            asked = response.request.headers.get("Range", "all").replace("=", " ")
            given, _, size = response.headers.get("Content-Range", "").partition("/")
            if given != asked:
                raise SourceError("differs", f"{given or 'no range'}, not {asked}", lasting=True)
        # Python makes no number of thousands of digits.
        if size.isdecimal() and int(size[:_MOST_DIGITS]) != self._file.size:
            raise SourceError("differs", f"{size} bytes", lasting=True)


def _pieces(response: requests.Response, offset: int, end: int) -> Pieces:
    piece = bytearray()
    error: Exception | None = None
    while offset + len(piece) < end:
        try:
            came = response.raw.read1(_MOST_BYTES)
        except (HTTPError, OSError) as caught:
            came, error = b"", caught
        piece += came
        # What is held back while more is waited for is lost when the process dies.
        if not came or len(piece) >= _MOST_BYTES or not _has_more(response):
            if piece:
                yield offset, piece
            offset += len(piece)
            if not came:
                raise error or SourceError("unreachable", f"closed at byte {offset}")
            piece = bytearray()
    if piece:
        yield offset, piece
    # Only an answer that was read to its end leaves the connection open for the next question.
    response.raw.read(1)


def _has_more(response: requests.Response) -> bool:
    """Return whether more bytes have arrived; an encrypted connection may hide some."""
    connection = response.raw.connection
    if connection is None or connection.sock is None:
        return False
    return wait_for_read(connection.sock, timeout=0)


@contextmanager
def _faults() -> Iterator[None]:
    """Raise whatever the libraries raise as a `SourceError`."""
    try:
        yield
    except (RequestException, HTTPError, OSError) as error:
        cause = error.args[0] if error.args else error
        # What failed comes first and is of no use to people: the connection, as an object.
        text = re.sub(r"^HTTPS?Connection\w*\(.*?\): ", "", str(getattr(cause, "reason", cause)))
        stalled = "timed out" in text.lower() and "connect timeout" not in text.lower()
        raise SourceError("stalled" if stalled else "unreachable", text[:_MOST_TEXT]) from error
