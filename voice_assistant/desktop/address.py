"""Tell which addresses may be handed to a browser."""

from __future__ import annotations

from urllib.parse import urlsplit

_NEVER_IN_AN_ADDRESS = frozenset('"<>\\^`{|}')
"""Must be percent-encoded (RFC 3986 §2). A quote could end the argument in the command line that
Windows keeps for each browser."""


def is_web_address(url: str) -> bool:
    """Return whether `url` is an http or https address with a host, all of it printable."""
    if not url.isprintable() or " " in url or not _NEVER_IN_AN_ADDRESS.isdisjoint(url):
        return False
    try:
        parts = urlsplit(url)
        # Reading the port is what checks it.
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
