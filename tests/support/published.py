"""Tiny models that a hub on loopback has."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model, ModelFile

REPOSITORY = "who/tiny"


def content(seed: str, size: int) -> bytes:
    """Bytes that no two seeds have in common."""
    return hashlib.shake_128(seed.encode()).digest(size)


def publish(folder: Path, name: str, data: bytes) -> ModelFile:
    """Have a file on the hub that serves `folder`."""
    path = folder / REPOSITORY / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return ModelFile(name, len(data), hashlib.sha256(data).hexdigest(), REPOSITORY)


def tiny(*files: ModelFile) -> Model:
    """A model with these files, otherwise like base."""
    nothing = ModelFile("tiny.pt", 0, "0" * 64)
    return replace(built_in()["base"], name="tiny", checkpoint=nothing, files=files)


def only_loopback(monkeypatch: pytest.MonkeyPatch, caches: Path) -> None:
    """Keep proxies, hubs and caches of whoever runs the tests out of them."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("API_TOKEN", "DOWNLOAD_PARALLEL_WORKERS", "DOWNLOAD_TIMEOUT"):
        monkeypatch.delenv(f"MODELSCOPE_{name}", raising=False)
    # Nothing listens there: what a test forgets to point elsewhere fails.
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    for name in ("MODELSCOPE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(caches))
