from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.errors import ModelError
from voice_assistant.models.model import Dimensions, Model, ModelFile, PackagePart
from voice_assistant.models.places import find_checkpoint
from voice_assistant.models.store import (
    install_model,
    verified_model,
    verify_model,
)

CONTENT = {"model.bin": (b"first half, ", b"second half"), "config.json": (b"{}",)}

_numbers = count()


def small(name: str, *files: ModelFile) -> Model:
    shape = Dimensions(*[1] * 10)
    return Model(name, 1, shape, 99, {}, 1, 1.0, ModelFile(f"{name}.pt", 1, "0" * 64), files)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of an importable package that holds the parts of a small model."""
    name = f"small_model_{os.getpid()}_{next(_numbers)}"
    folder = tmp_path / "site-packages" / name
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    for file, parts in CONTENT.items():
        for number, data in enumerate(parts):
            (folder / f"{file}.{number}").write_bytes(data)
    monkeypatch.syspath_prepend(folder.parent)
    yield folder
    sys.modules.pop(name, None)


@pytest.fixture
def model(package: Path) -> Model:
    files = []
    for name, parts in CONTENT.items():
        data = b"".join(parts)
        pieces = [PackagePart(package.name, f"{name}.{number}") for number in range(len(parts))]
        digest = hashlib.sha256(data).hexdigest()
        files.append(ModelFile(name, len(data), digest, parts=tuple(pieces)))
    return small("small", *files)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Where models are kept."""
    return tmp_path / "kept" / "models"


def refusal(action: Callable[[], object]) -> tuple[str, dict[str, str | float]]:
    with pytest.raises(ModelError) as caught:
        action()
    return caught.value.code, caught.value.params


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_parts_are_joined(model: Model, models: Path) -> None:
    folder = install_model(model, models)
    assert folder == models / "small"
    assert names(folder) == set(CONTENT)
    for name, parts in CONTENT.items():
        assert (folder / name).read_bytes() == b"".join(parts)
    verify_model(model, folder)


def test_other_users_may_read_them(model: Model, models: Path) -> None:
    for path in install_model(model, models).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444


def test_what_is_there_stays(model: Model, models: Path, package: Path) -> None:
    folder = install_model(model, models)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    shutil.rmtree(package)
    assert install_model(model, models) == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_a_file_of_the_wrong_size_is_replaced(model: Model, models: Path) -> None:
    folder = install_model(model, models)
    (folder / "model.bin").write_bytes(b"half")
    install_model(model, models)
    verify_model(model, folder)


def test_damage_is_found_and_repaired(model: Model, models: Path) -> None:
    folder = install_model(model, models)
    damaged = folder / "model.bin"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    install_model(model, models)  # the size is right
    assert refusal(lambda: verify_model(model, folder)) == (
        "MODEL_DAMAGED",
        {"model": "small", "file": str(damaged)},
    )
    assert names(folder) == {"config.json"}
    install_model(model, models)
    verify_model(model, folder)


def test_what_packages_have_mends_itself(model: Model, models: Path) -> None:
    folder = verified_model(model, models)
    damaged = folder / "model.bin"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    assert verified_model(model, models) == folder
    verify_model(model, folder)


def test_what_no_package_has_does_not(model: Model, models: Path) -> None:
    folder = install_model(model, models)
    damaged = folder / "model.bin"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    alone = replace(model, files=tuple(replace(file, parts=()) for file in model.files))
    code, params = refusal(lambda: verified_model(alone, models))
    assert (code, params["file"]) == ("MODEL_DAMAGED", str(damaged))


def test_a_damaged_package(model: Model, models: Path, package: Path) -> None:
    (package / "model.bin.1").write_bytes(b"something else")
    assert refusal(lambda: install_model(model, models)) == (
        "PACKAGE_DAMAGED",
        {"package": package.name},
    )
    assert names(models / "small") == set()


def test_a_missing_part(model: Model, models: Path, package: Path) -> None:
    (package / "model.bin.1").unlink()
    assert refusal(lambda: install_model(model, models)) == ("MODEL_MISSING", {"model": "small"})
    assert names(models / "small") == set()


def test_a_missing_package(models: Path) -> None:
    part = PackagePart("no_such_package_anywhere", "model.bin")
    model = small("absent", ModelFile("model.bin", 1, "0" * 64, parts=(part,)))
    assert refusal(lambda: install_model(model, models)) == ("MODEL_MISSING", {"model": "absent"})


def test_too_little_space(model: Model, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(models.parents[1])
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=20))
    code, params = refusal(lambda: install_model(model, models))
    assert (code, params["folder"]) == ("DISK_FULL", str(models / "small"))
    assert names(models / "small") == set()


def test_space_that_runs_out(model: Model, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert refusal(lambda: install_model(model, models))[0] == "DISK_FULL"
    assert names(models / "small") == set()


def test_a_folder_that_cannot_be_made(model: Model, models: Path) -> None:
    models.parent.mkdir()
    models.write_text("a file is in the way")
    code, params = refusal(lambda: install_model(model, models))
    assert (code, params["model"]) == ("MODEL_LOAD_FAILED", "small")
    assert str(models) in str(params["detail"])


def test_ctrl_c_leaves_nothing_half_done(
    model: Model, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            install_model(model, models)
    assert names(models / "small") == set()
    verify_model(model, install_model(model, models))


CRASH = """
import os, sys
from pathlib import Path
from voice_assistant.models.model import Dimensions, Model, ModelFile, PackagePart
from voice_assistant.models.store import install_model

os.fsync = lambda handle: os._exit(9)
package, size, digest, models = sys.argv[1:]
parts = tuple(PackagePart(package, f"model.bin.{number}") for number in range(2))
file = ModelFile("model.bin", int(size), digest, parts=parts)
model = Model("small", 1, Dimensions(*[1] * 10), 99, {}, 1, 1.0, file, (file,))
install_model(model, Path(models))
"""


def test_a_crash_leaves_no_file_with_its_final_name(
    model: Model, models: Path, package: Path
) -> None:
    file = model.files[0]
    arguments = [package.name, str(file.size), file.sha256, str(models)]
    path = os.pathsep.join([str(ROOT), str(package.parent)])
    crashed = subprocess.run(
        [sys.executable, "-c", CRASH, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert crashed.returncode == 9
    [left] = names(models / "small")
    assert left.startswith(".model.bin.")
    verify_model(model, install_model(model, models))


def test_a_model_that_no_package_has(models: Path) -> None:
    absent = small("absent", ModelFile("model.bin", 1, "0" * 64))
    assert refusal(lambda: install_model(absent, models)) == ("MODEL_MISSING", {"model": "absent"})
    assert not models.exists()


@pytest.mark.parametrize("place", ["absent.pt", "absent/absent.pt"])
def test_a_checkpoint_is_looked_for_in_two_places(models: Path, place: str) -> None:
    absent = small("absent")
    file = models / place
    assert find_checkpoint(absent, models) is None
    file.mkdir(parents=True)
    assert find_checkpoint(absent, models) is None
    file.rmdir()
    file.write_bytes(b"")
    assert find_checkpoint(absent, models) == file
    assert find_checkpoint(small("other"), models) is None
