"""A computer of its own for each test: no card, and a folder for models."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.downloader.conftest import use_card
from tests.support.published import only_loopback


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_loopback(monkeypatch, tmp_path / "caches")
    monkeypatch.setenv("VOICE_MODEL_DIR", str(tmp_path / "models"))
    use_card(monkeypatch, None)
