from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.published import only_loopback, tiny
from voice_assistant.models.model import ModelFile
from voice_assistant.models.places import find_checkpoint, find_files, has

CHECKPOINT = ModelFile("tiny.pt", 9, "0" * 64, "who/tiny-v1.5", "http://127.0.0.1:9/tiny.pt")
FILES = (
    ModelFile("model.bin", 5, "0" * 64, "who/tiny-v1.5"),
    ModelFile("config.json", 2, "0" * 64, "who/tiny-v1.5"),
)
MODEL = replace(tiny(*FILES), checkpoint=CHECKPOINT)

LAYOUTS = [
    "models/who--tiny-v1.5/snapshots/master",
    "models/who/tiny-v1___5",
    "hub/models/who/tiny-v1___5",
    "hub/who/tiny-v1___5",
]


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of everybody's caches."""
    only_loopback(monkeypatch, tmp_path / "caches")
    return tmp_path / "caches"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Where models are kept."""
    return tmp_path / "models"


def put(folder: Path, *files: ModelFile) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(bytes(file.size))
    return folder


def test_nothing_anywhere(models: Path) -> None:
    assert find_checkpoint(MODEL, models) is None
    assert find_files(MODEL, models) is None


def test_its_own_folder(models: Path) -> None:
    folder = put(models / "tiny", *FILES, CHECKPOINT)
    assert find_files(MODEL, models) == folder
    assert find_checkpoint(MODEL, models) == folder / "tiny.pt"


def test_a_checkpoint_beside_the_folders(models: Path) -> None:
    put(models, CHECKPOINT)
    assert find_checkpoint(MODEL, models) == models / "tiny.pt"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_the_modelscope_client_has_fetched(models: Path, caches: Path, layout: str) -> None:
    folder = put(caches / layout, *FILES, CHECKPOINT)
    assert find_files(MODEL, models) == folder
    assert find_checkpoint(MODEL, models) == folder / "tiny.pt"


def test_where_the_modelscope_client_keeps_it_by_itself(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MODELSCOPE_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folder = put(tmp_path / ".cache/modelscope" / LAYOUTS[0], *FILES)
    assert find_files(MODEL, models) == folder


def test_what_openai_whisper_has_fetched(models: Path, caches: Path) -> None:
    folder = put(caches / "whisper", CHECKPOINT)
    assert find_checkpoint(MODEL, models) == folder / "tiny.pt"


def test_the_own_folder_comes_first(models: Path, caches: Path) -> None:
    put(caches / LAYOUTS[0], *FILES)
    own = put(models / "tiny", *FILES)
    assert find_files(MODEL, models) == own


@pytest.mark.parametrize("lacking", FILES)
def test_all_files_must_be_there(models: Path, caches: Path, lacking: ModelFile) -> None:
    own = put(models / "tiny", *FILES)
    (own / lacking.name).unlink()
    assert find_files(MODEL, models) is None
    cache = put(caches / LAYOUTS[1], *FILES)
    assert find_files(MODEL, models) == cache


def test_files_of_another_size_do_not_count(models: Path, caches: Path) -> None:
    put(caches / LAYOUTS[0], *FILES, CHECKPOINT)
    (caches / LAYOUTS[0] / "model.bin").write_bytes(bytes(4))
    (caches / LAYOUTS[0] / "tiny.pt").write_bytes(bytes(4))
    assert find_files(MODEL, models) is None
    assert find_checkpoint(MODEL, models) is None


def test_a_checkpoint_that_the_user_put_there_counts_whatever_its_size(models: Path) -> None:
    put(models, replace(CHECKPOINT, size=4))
    assert find_checkpoint(MODEL, models) == models / "tiny.pt"


def test_a_model_without_ctranslate2_form(models: Path) -> None:
    assert find_files(replace(MODEL, files=()), models) is None


def test_a_folder_is_no_file(models: Path) -> None:
    (models / "tiny" / "model.bin").mkdir(parents=True)
    assert not has(models / "tiny" / "model.bin", FILES[0])
