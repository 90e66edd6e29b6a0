"""Read the ModelScope client's own variables, which hold here as well.

Names, defaults and precedence: modelscope_hub 0.5.1, `constants.py` and `config.py`. Of the
variables for downloads, those that mean something to another downloader.
"""

from __future__ import annotations

import os
from pathlib import Path

_SITE = "www.modelscope.cn"
_MOST_DIGITS = 9


def endpoint() -> str:
    """Return the hub's address, without a slash at the end."""
    # The second one is its older name.
    said = _value("MODELSCOPE_ENDPOINT") or _value("MODELSCOPE_DOMAIN") or _SITE
    return (said if "://" in said else f"https://{said}").rstrip("/")


def token() -> str:
    """Return what opens private repositories; may be empty."""
    return _value("MODELSCOPE_API_TOKEN")


def cache() -> Path:
    """Return where the client keeps what it has downloaded."""
    said = _value("MODELSCOPE_CACHE")
    return Path(said).expanduser() if said else Path.home() / ".cache" / "modelscope"


def connections() -> int | None:
    """Return over how many connections a file may come; `None`: not said."""
    return _count("MODELSCOPE_DOWNLOAD_PARALLEL_WORKERS")


def idle_s() -> int | None:
    """Return the seconds without a byte that make a connection stalled; `None`: not said."""
    return _count("MODELSCOPE_DOWNLOAD_TIMEOUT")


def _value(name: str) -> str:
    return os.environ.get(name, "").strip()


def _count(name: str) -> int | None:
    """Return a number, or nothing for what is none, as the client does."""
    said = _value(name)
    return (int(said[:_MOST_DIGITS]) or None) if said.isdecimal() else None
