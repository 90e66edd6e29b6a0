"""A hub with one file, and a place to put it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hub import Hub, running_hub
from tests.support.published import content, only_loopback, publish
from voice_assistant.models.model import ModelFile

SIZE = 1_200_001


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_loopback(monkeypatch, tmp_path / "caches")


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """What the hub serves."""
    return tmp_path / "served"


@pytest.fixture
def file(served: Path) -> ModelFile:
    return publish(served, "model.bin", content("model", SIZE))


@pytest.fixture
def hub(served: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with running_hub(served) as hub:
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the file goes."""
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    return folder / "model.bin"
