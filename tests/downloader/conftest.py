"""A hub with a tiny model, a console that is a terminal or not, and a folder for models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.hub import Hub, running_hub
from tests.support.published import REPOSITORY, content, only_loopback, publish, tiny
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_loopback(monkeypatch, tmp_path / "caches")
    monkeypatch.setenv("VOICE_MODEL_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("VOICE_DEVICE", "cpu")


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
def model(served: Path) -> Model:
    """A model that the hub has."""
    files = (
        publish(served, "model.bin", content("tiny", 300_000)),
        publish(served, "config.json", b"{}"),
    )
    return tiny(*files)


@pytest.fixture
def known(model: Model) -> Mapping[str, Model]:
    """The models that are known, that one among them."""
    return {**built_in(), model.name: model}


@pytest.fixture
def described(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's `models.toml`, which describes that model."""
    lines = ["[[model]]", f'name = "{model.name}"', 'like = "base"', f'modelscope = "{REPOSITORY}"']
    for file in model.files:
        lines += ["[[model.file]]", f'name = "{file.name}"', f"size = {file.size}"]
        lines += [f'sha256 = "{file.sha256}"']
    path = tmp_path / "models.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("VOICE_MODELS_FILE", str(path))
    return path
