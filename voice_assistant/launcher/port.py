"""Take the port to listen on early, so that a busy one is known before anything slow."""

from __future__ import annotations

import errno
import json
import socket
import sys
import urllib.error
import urllib.request

from voice_assistant.errors import LaunchError

# Among the next ones a free one is found that can be offered.
_TRIED_PORTS = 20
_ANSWER_S = 3  # our own service listens for about a second before it answers
_BUSY = {errno.EADDRINUSE, 10048}  # the second is Windows' own number
_FORBIDDEN = {errno.EACCES, 10013}


def open_listener(host: str, port: int) -> socket.socket:
    """Return a socket that listens; connections wait in it until the server takes them.

    Raises:
        LaunchError: the port is busy or not allowed, or the address is not this computer's.
    """
    try:
        return _listen(host, port)
    except OSError as error:
        if error.errno in _BUSY:
            raise _busy(host, port) from error
        if error.errno in _FORBIDDEN:
            free = _next_free_port(host, max(port, 1024))
            raise LaunchError("launcher.port_forbidden", port=port, free=free) from error
        raise LaunchError("launcher.bad_host", host=host, detail=error) from error


def page_url(host: str, port: int) -> str:
    """Return the address where a browser on this computer finds the service."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _listen(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    listener = socket.socket(family, kind, protocol)
    try:
        if sys.platform == "win32":  # there, SO_REUSEADDR would take the port from its owner
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _busy(host: str, port: int) -> LaunchError:
    url = page_url(host, port)
    if _is_ours(url):
        return LaunchError("launcher.already_running", url=url, port=port)
    return LaunchError("launcher.port_busy", port=port, free=_next_free_port(host, port + 1))


def _is_ours(url: str) -> bool:
    """Return whether this service answers there, if only to say that it wants a token."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{url}health", timeout=_ANSWER_S) as response:
            body = response.read(65536)
    except urllib.error.HTTPError as refusal:
        with refusal:
            body = refusal.read(65536)
    except (OSError, ValueError):
        return False
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and (
        "whisper_loaded" in answer or {"success", "code"} <= answer.keys()
    )


def _next_free_port(host: str, first: int) -> int:
    for port in range(first, min(first + _TRIED_PORTS, 65536)):
        try:
            _listen(host, port).close()
        except OSError:
            continue
        return port
    return first
