from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from voice_assistant.errors import ModelError
from voice_assistant.models.converted import find_converted, recorded, write_record
from voice_assistant.models.known import built_in
from voice_assistant.models.model import ModelFile
from voice_assistant.models.on_disk import find_on_disk
from voice_assistant.models.store import install_model, verify_model

MODEL = built_in()["medium"]
CONTENT = {"model.bin": b"weights", "config.json": b"{}", "vocabulary.txt": b"word\n"}
FILES = [
    ModelFile(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in CONTENT.items()
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("MODELSCOPE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "caches"))
    folder = tmp_path / "models" / "medium" / "converted"
    folder.mkdir(parents=True)
    for name, data in CONTENT.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def models(folder: Path) -> Path:
    """Where models are kept."""
    return folder.parents[1]


def test_without_a_record_it_does_not_count(folder: Path, models: Path) -> None:
    assert find_converted(MODEL, models) is None
    write_record(MODEL, folder, FILES)
    assert find_converted(MODEL, models) == folder
    assert [(file.name, file.size, file.sha256) for file in recorded(MODEL, folder)] == [
        (file.name, file.size, file.sha256) for file in FILES
    ]


def test_it_serves_every_engine(folder: Path, models: Path) -> None:
    engines = ("ctranslate2", "torch")
    assert not any(find_on_disk(MODEL, models).readable_by(engine) for engine in engines)
    write_record(MODEL, folder, FILES)
    assert all(find_on_disk(MODEL, models).readable_by(engine) for engine in engines)
    assert install_model(MODEL, models) == folder
    verify_model(MODEL, folder)


def test_what_others_publish_comes_first(folder: Path, models: Path) -> None:
    write_record(MODEL, folder, FILES)
    model = replace(MODEL, files=tuple(FILES))
    for name, data in CONTENT.items():
        (folder.parent / name).write_bytes(data)
    assert install_model(model, models) == folder.parent


@pytest.mark.parametrize("name", CONTENT)
def test_damage_takes_all_of_it_away(folder: Path, models: Path, name: str) -> None:
    write_record(MODEL, folder, FILES)
    damaged = folder / name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError) as caught:
        verify_model(MODEL, install_model(MODEL, models))
    assert (caught.value.code, caught.value.params["file"]) == ("MODEL_DAMAGED", str(damaged))
    assert not folder.exists()
    assert not find_on_disk(MODEL, models).readable_by("ctranslate2")


@pytest.mark.parametrize("name", CONTENT)
def test_a_file_that_is_missing_or_cut_off(folder: Path, models: Path, name: str) -> None:
    write_record(MODEL, folder, FILES)
    (folder / name).write_bytes(b"?")
    assert find_converted(MODEL, models) is None
    (folder / name).unlink()
    assert find_converted(MODEL, models) is None


def test_a_record_that_is_gone_between(folder: Path) -> None:
    with pytest.raises(ModelError) as caught:
        verify_model(MODEL, folder)
    assert caught.value.code == "MODEL_DAMAGED"


def entry(**changes: object) -> dict[str, object]:
    return {"name": "model.bin", "size": 7, "sha256": FILES[0].sha256, **changes}


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": None},
        {"checkpoint": built_in()["small"].checkpoint.sha256},
        {"files": None},
        {"files": [1]},
        {"files": []},
        {"files": [entry()]},
        {"files": [entry(), entry(name="config.json"), entry(name="other.txt")]},
        {"files": [entry(), entry(), entry(name="config.json"), entry(name="vocabulary.txt")]},
        {
            "files": [
                entry(name="../model.bin"),
                entry(name="config.json"),
                entry(name="vocabulary.txt"),
            ]
        },
    ],
)
def test_records_of_something_else(folder: Path, models: Path, change: dict[str, Any]) -> None:
    write_record(MODEL, folder, FILES)
    record = folder / "record.json"
    content = json.loads(record.read_text(encoding="utf-8"))
    record.write_text(json.dumps({**content, **change}), encoding="utf-8")
    assert find_converted(MODEL, models) is None
    assert not recorded(MODEL, folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b"\xff", b"null"])
def test_records_that_are_none(folder: Path, models: Path, content: bytes) -> None:
    (folder / "record.json").write_bytes(content)
    assert find_converted(MODEL, models) is None


def test_a_file_in_its_place(folder: Path, models: Path) -> None:
    files: Sequence[Path] = list(folder.iterdir())
    for path in files:
        path.unlink()
    folder.rmdir()
    folder.write_bytes(b"")
    assert find_converted(MODEL, models) is None
