"""Make a model's CTranslate2 form from OpenAI's checkpoint, once and for good.

All or nothing: the files are written to a folder of another name, compared with the checkpoint,
recorded, and only then moved into place. Whatever is lost on the way is made again.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.errors import ModelError
from voice_assistant.models.converted import find_converted, recorded, write_record
from voice_assistant.models.formats import ctranslate2_form, openai_checkpoint
from voice_assistant.models.model import Model, ModelFile
from voice_assistant.models.places import CONVERTED, find_checkpoint
from voice_assistant.models.store import sha256, verify_checkpoint, verify_model
from voice_assistant.processes.lock import exclusive

_UNFINISHED = f".{CONVERTED}."

Check = Callable[[Path, Path], None]
"""Takes a checkpoint and a folder that was made from it; ValueError if that is not good."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Tell what was made, or was there.

    Attributes:
        folder: where it is.
        made: whether it had to be made.
        published: whether it is, byte for byte, the CTranslate2 form that others publish.
    """

    folder: Path
    made: bool
    published: bool


def convert(model: Model, model_dir: Path, check: Check | None = None) -> Conversion:
    """Make a model's CTranslate2 form, unless a good one is there.

    One process at a time: a second one waits, and finds it made.

    Args:
        model: whose checkpoint is to be converted.
        model_dir: where models are kept.
        check: a further one, after every weight was compared.

    Raises:
        ModelError: `MODEL_MISSING`, the checkpoint is not there; `MODEL_DAMAGED`, it is not
            OpenAI's; `DISK_FULL`; `MODEL_LOAD_FAILED`, what it contains is not what it should be,
            or the folder cannot be written to.
    """
    home = model_dir / model.name
    checkpoint = find_checkpoint(model, model_dir)
    if checkpoint is None and find_converted(model, model_dir) is None:
        raise ModelError("MODEL_MISSING", model=model.name)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with exclusive(home / f"{_UNFINISHED}lock", lambda: None):
            made = not _is_good(model, model_dir)
            if made:
                _make(model, home, checkpoint, check)
            files = recorded(model, home / CONVERTED)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(home, _need(model)) from error
        raise ModelError("MODEL_LOAD_FAILED", model=model.name, detail=str(error)) from error
    known = {file.sha256 for file in model.files}
    return Conversion(home / CONVERTED, made, all(file.sha256 in known for file in files))


def _is_good(model: Model, model_dir: Path) -> bool:
    folder = find_converted(model, model_dir)
    if folder is None:
        return False
    try:
        verify_model(model, folder)
    except ModelError:
        return False
    return True


def _make(model: Model, home: Path, checkpoint: Path | None, check: Check | None) -> None:
    if checkpoint is None:
        raise ModelError("MODEL_MISSING", model=model.name)
    verify_checkpoint(model, checkpoint)
    # Of a process that was killed; nobody else is at work here.
    for left in home.glob(f"{_UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left)
    if shutil.disk_usage(home).free < _need(model):
        raise _disk_full(home, _need(model))
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=home))
    try:
        content = openai_checkpoint.read(checkpoint)
        if content.dimensions != model.dimensions:
            raise ValueError(f"{checkpoint} has other dimensions: {content.dimensions}")
        ctranslate2_form.write(folder, model, content.tensors)
        ctranslate2_form.compare(folder, content.tensors)
        if check is not None:
            check(checkpoint, folder)
        paths = sorted(folder.iterdir())
        write_record(
            model,
            folder,
            [ModelFile(path.name, path.stat().st_size, sha256(path)) for path in paths],
        )
        # Temporary folders are their owner's alone; models are for every user of the computer.
        folder.chmod(0o755)
        if (home / CONVERTED).exists():
            shutil.rmtree(home / CONVERTED)
        os.replace(folder, home / CONVERTED)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _need(model: Model) -> int:
    """Return bytes on the disk: both forms are float16, and a vocabulary is beside the weights."""
    return round(1.1 * model.checkpoint.size)


def _disk_full(folder: Path, need: int) -> ModelError:
    return ModelError("DISK_FULL", folder=str(folder), need_mb=round(need / 1e6))
