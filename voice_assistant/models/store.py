"""Put model files together on the disk and verify them; never is one half there."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from voice_assistant.errors import ModelError
from voice_assistant.models.converted import recorded
from voice_assistant.models.model import Model, ModelFile
from voice_assistant.models.on_disk import find_on_disk
from voice_assistant.models.places import CONVERTED, has
from voice_assistant.processes.files import is_disk_full, no_space, replacing

_CHUNK = 1 << 20


def install_model(model: Model, model_dir: Path) -> Path:
    """Put the model's CTranslate2 form in place, unless it is somewhere, and return its folder.

    What was converted here counts; what others publish comes first.

    Each file is written beside its place, verified and then moved there, so a file that has its
    final name is whole. Only sizes are looked at for files that are there already; `verify_model`
    reads them.

    Raises:
        ModelError: `MODEL_MISSING`, no package has it, or it is not installed; `PACKAGE_DAMAGED`;
            `DISK_FULL`; `MODEL_LOAD_FAILED`, the folder cannot be written to.
    """
    if stored := find_on_disk(model, model_dir).ctranslate2:
        return stored.path
    if not model.packaged:
        raise ModelError("MODEL_MISSING", model=model.name)
    folder = model_dir / model.name
    try:
        missing = [file for file in model.files if not has(folder / file.name, file)]
        if missing:
            folder.mkdir(parents=True, exist_ok=True)
            _require_space(folder, missing)
        for file in missing:
            _join(file, folder / file.name, model.name)
    except OSError as error:
        if is_disk_full(error):
            raise no_space(folder, _need(missing)) from error
        raise ModelError("MODEL_LOAD_FAILED", model=model.name, detail=str(error)) from error
    return folder


def verified_model(model: Model, model_dir: Path) -> Path:
    """Have a model's CTranslate2 form in place and return its folder, every file checked.

    What packages have takes the place of what is damaged.

    Raises:
        ModelError: as `install_model` and `verify_model` do.
    """
    folder = install_model(model, model_dir)
    try:
        verify_model(model, folder)
    except ModelError as error:
        if not model.packaged or error.code != "MODEL_DAMAGED":
            raise
        folder = install_model(model, model_dir)
        verify_model(model, folder)
    return folder


def verify_model(model: Model, folder: Path) -> None:
    """Check every file against its SHA-256 (about 0.1 s for base).

    Args:
        model: whose files they are.
        folder: where they are, as `install_model` says.

    Raises:
        ModelError: `MODEL_DAMAGED`; the bad file is removed, so that installing again repairs it.
            What was converted here is removed as a whole, and can be converted again.
    """
    converted = folder.name == CONVERTED
    files = recorded(model, folder) if converted else model.files
    if not files:
        raise _damaged(model, folder)
    for file in files:
        path = folder / file.name
        if sha256(path) != file.sha256:
            if converted:
                shutil.rmtree(folder)
            elif folder.name == model.name:  # a cache is somebody else's
                path.unlink()
            raise _damaged(model, path)


def verify_checkpoint(model: Model, path: Path) -> None:
    """Check a checkpoint against the SHA-256 of OpenAI's.

    Raises:
        ModelError: `MODEL_DAMAGED`. The file stays: it may be the user's own.
    """
    if sha256(path) != model.checkpoint.sha256:
        raise _damaged(model, path)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _damaged(model: Model, path: Path) -> ModelError:
    return ModelError("MODEL_DAMAGED", model=model.name, file=str(path))


def _require_space(folder: Path, missing: list[ModelFile]) -> None:
    if shutil.disk_usage(folder).free < _need(missing):
        raise no_space(folder, _need(missing))


def _need(missing: list[ModelFile]) -> float:
    """Return the bytes that a disk must have free for files."""
    return 1.1 * sum(file.size for file in missing)


def _join(file: ModelFile, target: Path, model: str) -> None:
    digest = hashlib.sha256()
    with replacing(target) as stream:
        for chunk in _chunks(file, model):
            digest.update(chunk)
            stream.write(chunk)
        if digest.hexdigest() != file.sha256:
            raise ModelError("PACKAGE_DAMAGED", package=file.parts[0].package)


def _chunks(file: ModelFile, model: str) -> Iterator[bytes]:
    for part in file.parts:
        try:
            stream = files(part.package).joinpath(part.path).open("rb")
        except (ModuleNotFoundError, FileNotFoundError) as error:
            raise ModelError("MODEL_MISSING", model=model) from error
        with stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
