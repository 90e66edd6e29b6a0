from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.checkpoint_file import TINY, random_tensors, write_checkpoint
from voice_assistant import ROOT
from voice_assistant.errors import ModelError
from voice_assistant.models.conversion import convert
from voice_assistant.models.converted import find_converted
from voice_assistant.models.formats import ctranslate2_form
from voice_assistant.models.formats.ctranslate2_form import compare
from voice_assistant.models.formats.mapped_arrays import Array
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model, ModelFile

TENSORS = random_tensors()


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are kept; a checkpoint of a tiny one is there."""
    for variable in ("MODELSCOPE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "caches"))
    models = tmp_path / "models"
    models.mkdir()
    write_checkpoint(models / "tiny.pt", TENSORS)
    return models


@pytest.fixture
def model(models: Path) -> Model:
    return of(models / "tiny.pt")


def of(checkpoint: Path) -> Model:
    data = checkpoint.read_bytes()
    file = ModelFile(checkpoint.name, len(data), hashlib.sha256(data).hexdigest())
    return replace(built_in()["medium"], name="tiny", dimensions=TINY, checkpoint=file)


def refusal(action: Callable[[], object]) -> tuple[str, dict[str, str | float]]:
    with pytest.raises(ModelError) as caught:
        action()
    return caught.value.code, caught.value.params


def names(models: Path) -> set[str]:
    """What is in the model's folder, but the lock."""
    home = models / "tiny"
    found = {path.name for path in home.iterdir()} if home.exists() else set()
    return found - {".converted.lock"}


def test_a_conversion(model: Model, models: Path) -> None:
    done = convert(model, models)
    assert (done.folder, done.made) == (models / "tiny" / "converted", True)
    assert find_converted(model, models) == done.folder
    compare(done.folder, TENSORS)
    assert names(models) == {"converted"}


def test_once_is_enough(model: Model, models: Path) -> None:
    convert(model, models)
    (models / "tiny.pt").unlink()
    assert not convert(model, models).made


def test_whether_others_publish_the_same(model: Model, models: Path) -> None:
    assert not convert(model, models).published
    record = json.loads((models / "tiny" / "converted" / "record.json").read_text("utf-8"))
    files = tuple(ModelFile(**file) for file in record["files"])
    assert convert(replace(model, files=files), models).published
    assert not convert(replace(model, files=files[1:]), models).published


def test_other_users_may_read_it(model: Model, models: Path) -> None:
    folder = convert(model, models).folder
    if sys.platform != "win32":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755
        assert all(path.stat().st_mode & stat.S_IROTH for path in folder.iterdir())


@pytest.mark.parametrize("name", ["model.bin", "config.json", "vocabulary.txt", "record.json"])
def test_what_is_damaged_is_made_again(model: Model, models: Path, name: str) -> None:
    folder = convert(model, models).folder
    before = (folder / name).read_bytes()
    (folder / name).write_bytes(before[:-1] + b"?")
    assert convert(model, models).made
    assert (folder / name).read_bytes() == before


def test_what_was_made_from_another_checkpoint_is_made_again(model: Model, models: Path) -> None:
    convert(model, models)
    other = random_tensors(seed=2)
    write_checkpoint(models / "tiny.pt", other)
    assert convert(of(models / "tiny.pt"), models).made
    compare(models / "tiny" / "converted", other)


def test_a_checkpoint_that_is_not_there(model: Model, models: Path) -> None:
    (models / "tiny.pt").unlink()
    assert refusal(lambda: convert(model, models)) == ("MODEL_MISSING", {"model": "tiny"})
    assert not (models / "tiny").exists()


def test_a_checkpoint_that_is_not_openai_s(model: Model, models: Path) -> None:
    path = models / "tiny.pt"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + b"?")
    assert refusal(lambda: convert(model, models)) == (
        "MODEL_DAMAGED",
        {"model": "tiny", "file": str(path)},
    )
    assert path.exists()
    assert names(models) == set()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"tensors": {}}, "weights are missing"),
        ({"dimensions": replace(TINY, n_mels=128)}, "other dimensions"),
        ({"entries": {"data.pkl": b"?"}}, "no checkpoint of openai-whisper"),
    ],
)
def test_a_checkpoint_with_something_else_in_it(
    models: Path, change: dict[str, object], why: str
) -> None:
    path = models / "tiny.pt"
    write_checkpoint(path, **{"tensors": TENSORS, **change})  # type: ignore[arg-type]
    code, params = refusal(lambda: convert(of(path), models))
    assert code == "MODEL_LOAD_FAILED"
    assert why in str(params["detail"])
    assert names(models) == set()


def test_what_is_not_written_as_it_is_does_not_count(
    model: Model, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = ctranslate2_form.write

    def wrong(folder: Path, model: Model, tensors: Mapping[str, Array]) -> None:
        write(folder, model, tensors)
        path = folder / "model.bin"
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    monkeypatch.setattr(ctranslate2_form, "write", wrong)
    code, params = refusal(lambda: convert(model, models))
    assert (code, "not written" in str(params["detail"])) == ("MODEL_LOAD_FAILED", True)
    assert names(models) == set()


def test_a_further_check(model: Model, models: Path) -> None:
    seen: list[tuple[Path, set[str]]] = []

    def check(checkpoint: Path, folder: Path) -> None:
        seen.append((checkpoint, {path.name for path in folder.iterdir()}))
        if len(seen) == 1:
            raise ValueError("they do not recognise the same")

    code, params = refusal(lambda: convert(model, models, check))
    assert (code, params["detail"]) == ("MODEL_LOAD_FAILED", "they do not recognise the same")
    assert names(models) == set()
    assert convert(model, models, check).made
    assert not convert(model, models, check).made
    assert seen == 2 * [(models / "tiny.pt", {"model.bin", "config.json", "vocabulary.txt"})]


def test_too_little_space(model: Model, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need = round(1.1 * model.checkpoint.size)
    usage = shutil.disk_usage(models)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=need - 1))
    full = {"folder": str(models / "tiny"), "need_mb": round(need / 1e6)}
    assert refusal(lambda: convert(model, models)) == ("DISK_FULL", full)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=need))
    assert convert(model, models).made


def test_space_that_runs_out(model: Model, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert refusal(lambda: convert(model, models))[0] == "DISK_FULL"
    assert names(models) == set()


def test_a_folder_that_cannot_be_made(model: Model, models: Path) -> None:
    (models / "tiny").write_text("a file is in the way")
    code, params = refusal(lambda: convert(model, models))
    assert (code, params["model"]) == ("MODEL_LOAD_FAILED", "tiny")


CRASH = """
import os, sys
from pathlib import Path
from tests.models.test_conversion import of
from voice_assistant.models.conversion import convert

def crash(*_):
    os._exit(9)

setattr(os, sys.argv[1], crash)
convert(of(Path(sys.argv[2], "tiny.pt")), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_crash_leaves_nothing_that_counts(model: Model, models: Path, moment: str) -> None:
    crashed = subprocess.run(
        [sys.executable, "-c", CRASH, moment, str(models)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert crashed.returncode == 9
    [left] = names(models)
    assert left.startswith(".converted.")
    assert find_converted(model, models) is None
    assert convert(model, models).made
    assert names(models) == {"converted"}


def test_several_at_once_do_no_harm(model: Model, models: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: convert(model, models), range(4)))
    assert sum(each.made for each in done) == 1
    compare(done[0].folder, TENSORS)
    assert names(models) == {"converted"}


def test_neither_torch_nor_ctranslate2_is_needed(model: Model, models: Path) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "sys.modules['torch'] = sys.modules['ctranslate2'] = None;"
        "from tests.models.test_conversion import convert, of;"
        "models = Path(sys.argv[1]); assert convert(of(models / 'tiny.pt'), models).made"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(models)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
