from __future__ import annotations

from pathlib import Path

from voice_assistant.downloader.stock import find_stored, remove
from voice_assistant.models.model import Model


def put(folder: Path, model: Model, served: Path) -> None:
    folder.mkdir(parents=True)
    for file in model.files:
        (folder / file.name).write_bytes((served / "who/tiny" / file.name).read_bytes())


def test_nothing_is_here(model: Model, models: Path) -> None:
    assert find_stored(model, models) == []
    assert remove(model, models) == 0


def test_what_is_here(model: Model, models: Path, served: Path) -> None:
    put(models / "tiny", model, served)
    stored = find_stored(model, models)
    assert [each.path for each in stored] == [models / "tiny" / file.name for file in model.files]
    assert all(each.is_whole() for each in stored)
    (models / "tiny" / "model.bin").write_bytes(bytes(300_000))
    assert [each.is_whole() for each in stored] == [False, True]


def test_it_is_removed_with_what_is_left_of_downloads(
    model: Model, models: Path, served: Path
) -> None:
    put(models / "tiny", model, served)
    (models / "tiny" / ".model.bin.partial").write_bytes(bytes(1000))
    (models / "tiny.pt").write_bytes(bytes(10))
    (models / "other").mkdir()
    assert remove(model, models) == 300_002 + 1000 + 10
    assert [path.name for path in models.iterdir()] == ["other"]


def test_caches_of_others_are_left_alone(
    model: Model, models: Path, served: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "caches" / "models" / "who--tiny" / "snapshots" / "master"
    put(cache, model, served)
    put(models / "tiny", model, served)
    remove(model, models)
    assert [each.path.parent for each in find_stored(model, models)] == [cache] * 2
