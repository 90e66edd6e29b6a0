"""Explain why pip or venv failed, from what it wrote."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from voice_assistant.errors import LaunchError
from voice_assistant.installation.pip_progress import PipProgress, reached_index

_SIGNS = (
    ("launcher.interrupted", r"Operation cancelled by user"),
    ("launcher.hash_mismatch", r"DO NOT MATCH THE HASHES"),
    (
        "launcher.install_disk_full",
        r"No space left on device|Errno 28\b|WinError 112\b|Disk quota exceeded|Errno 122\b",
    ),
    (
        "launcher.no_permission",
        r"Permission denied|Errno 13\b|WinError (?:5|32)\b|Read-only file system",
    ),
    (
        "launcher.no_network",
        r"connection broken by|NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|"
        r"ProxyError|SSLError|CERTIFICATE_VERIFY_FAILED|Max retries exceeded|IncompleteRead|"
        r"ConnectionResetError|Connection aborted|HTTP error \d+|\d{3} (?:Client|Server) Error",
    ),
    ("launcher.no_ensurepip", r"ensurepip is not\s+available|No module named '?(?:venv|ensurepip)"),
)
"""The sentence for each cause and what tells it; the first that fits is said."""

_MIRROR = "pip config set global.index-url https://pypi.tuna.tsinghua.edu.cn/simple"
_NO_MATCH = re.compile(r"No matching distribution found for (\S+)")


def explain(output: Sequence[str], log: Path) -> LaunchError:
    """Return the error for a failed run of pip or venv.

    Args:
        output: the lines that it wrote.
        log: where they are kept.
    """
    text = "".join(output[_last_success(output) :])
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for key, signs in _SIGNS:
        if re.search(signs, text):
            return LaunchError(
                key, log=log, folder=log.parent, mirror=_MIRROR, package=f"python{version}-venv"
            )
    if missing := _NO_MATCH.search(text):
        # Without a network pip says only that there are no versions. The first package of the lock
        # has files for every Python, so none at all means that the index was not reached.
        if "from versions: none" in text and not reached_index(output):
            return LaunchError("launcher.no_network", log=log, mirror=_MIRROR)
        return LaunchError("launcher.no_wheel", package=missing[1], version=version, log=log)
    return LaunchError("launcher.install_failed", detail=_last_error(output), log=log)


def _last_success(output: Sequence[str]) -> int:
    """Return the number of the line where the last package began: retries before it succeeded."""
    progress = PipProgress(0)
    return max((n for n, line in enumerate(output) if progress.feed(line)), default=0)


def _last_error(output: Sequence[str]) -> str:
    written = [line.strip() for line in output if line.strip()]
    errors = [line for line in written if line.lower().startswith("error")]
    return (errors or written or ["?"])[-1]
