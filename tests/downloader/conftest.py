"""A hub with a tiny model, a console that is a terminal or not, and a folder for models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.support.hub import Hub, running_hub
from tests.support.published import content, only_loopback, publish, tiny
from voice_assistant.choice import plan, recommend
from voice_assistant.downloader import main as main_module
from voice_assistant.downloader import menu
from voice_assistant.machine.card import Card, Driver
from voice_assistant.models import store
from voice_assistant.models.known import BUILT_IN
from voice_assistant.models.model import Model


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_loopback(monkeypatch, tmp_path / "caches")
    monkeypatch.setenv("VOICE_MODEL_DIR", str(tmp_path / "models"))
    use_card(monkeypatch, None)


def use_card(monkeypatch: pytest.MonkeyPatch, card: Card | None) -> None:
    """Let the computer have this card with a new driver, or none."""
    driver = Driver("580.95.05", "13.0")
    monkeypatch.setattr(plan, "find_cards", lambda: [card] if card else [])
    monkeypatch.setattr(plan, "find_driver", lambda: driver if card else None)


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """What the hub serves."""
    return tmp_path / "served"


@pytest.fixture
def hub(served: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with running_hub(served) as hub:
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", hub.url)
        yield hub


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Where models are kept."""
    return tmp_path / "models"


@pytest.fixture
def model(served: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model that is known, and that the hub has."""
    files = (
        publish(served, "model.bin", content("tiny", 300_000)),
        publish(served, "config.json", b"{}"),
    )
    model = tiny(*files)
    known = MappingProxyType({**BUILT_IN, model.name: model})
    for module in (store, menu, main_module, recommend):
        monkeypatch.setattr(module, "MODELS", known)
    return model
