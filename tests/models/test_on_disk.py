from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.published import only_loopback, tiny
from voice_assistant.models import on_disk
from voice_assistant.models.converted import write_record
from voice_assistant.models.model import Model, ModelFile, PackagePart
from voice_assistant.models.on_disk import OnDisk, Stored, find_on_disk
from voice_assistant.models.store import sha256

CHECKPOINT = ModelFile("tiny.pt", 9, "0" * 64, "who/tiny")
FILES = (
    ModelFile("model.bin", 5, "0" * 64, "who/tiny"),
    ModelFile("config.json", 2, "0" * 64, "who/tiny"),
)
MODEL = replace(tiny(*FILES), checkpoint=CHECKPOINT)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are kept."""
    only_loopback(monkeypatch, tmp_path / "caches")
    return tmp_path / "models"


def put(folder: Path, *files: ModelFile) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(bytes(file.size))


def convert(model: Model, models: Path) -> Path:
    """Have a form that was made here."""
    folder = models / model.name / "converted"
    folder.mkdir(parents=True)
    files = []
    for name in ("config.json", "model.bin", "vocabulary.txt"):
        (folder / name).write_bytes(name.encode())
        files.append(ModelFile(name, len(name), sha256(folder / name)))
    write_record(model, folder, files)
    return folder


def readers(found: OnDisk) -> list[str]:
    return [engine for engine in ("ctranslate2", "torch", "fake") if found.readable_by(engine)]


def test_nothing(models: Path) -> None:
    assert find_on_disk(MODEL, models) == OnDisk()
    assert readers(OnDisk()) == []


def test_a_checkpoint_is_for_torch(models: Path) -> None:
    put(models, CHECKPOINT)
    path = models / "tiny.pt"
    found = find_on_disk(MODEL, models)
    assert found == OnDisk(Stored(path, path.stat().st_mtime_ns))
    assert readers(found) == ["torch"]


def test_a_checkpoint_that_is_still_being_copied_is_not_whole(models: Path) -> None:
    put(models, replace(CHECKPOINT, size=3))
    found = find_on_disk(MODEL, models).checkpoint
    assert found is not None
    assert not found.whole


def test_what_others_publish_comes_before_what_was_made_here(models: Path) -> None:
    converted = convert(MODEL, models)
    found = find_on_disk(MODEL, models)
    written_ns = (converted / "model.bin").stat().st_mtime_ns
    assert found == OnDisk(converted=Stored(converted, written_ns))
    assert found.ctranslate2 == found.converted
    assert readers(found) == ["ctranslate2", "torch", "fake"]
    put(models / "tiny", *FILES)
    found = find_on_disk(MODEL, models)
    assert found.published is not None
    assert found.ctranslate2 == found.published
    assert found.published.path == models / "tiny"
    assert found.converted is not None


def test_what_packages_have_is_here(models: Path) -> None:
    packaged = replace(
        MODEL, files=tuple(replace(file, parts=(PackagePart("p", "q"),)) for file in FILES)
    )
    found = find_on_disk(packaged, models)
    assert found == OnDisk(packaged=True)
    assert readers(found) == ["ctranslate2", "torch", "fake"]


def test_what_is_gone_by_the_time_it_is_looked_at_has_no_date(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_disk, "find_checkpoint", lambda *_: models / "gone.pt")
    found = find_on_disk(MODEL, models).checkpoint
    assert found == Stored(models / "gone.pt", 0, whole=False)


def test_what_nobody_may_look_at_is_not_here_and_it_is_said_why(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("not for you")

    monkeypatch.setattr(on_disk, "find_files", refuse)
    put(models, CHECKPOINT)
    found = find_on_disk(MODEL, models)
    assert found == OnDisk(problem="not for you")
    assert readers(found) == []
