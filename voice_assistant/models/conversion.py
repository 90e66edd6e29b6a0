"""Convert OpenAI's checkpoint of a model into its CTranslate2 form, once and for good.

All or nothing: the files are written to a folder of another name, compared with the checkpoint,
recorded, and only then moved into place. Whatever is lost on the way is made again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.errors import ModelError
from voice_assistant.models.converted import find_converted, recorded, write_record
from voice_assistant.models.formats import ctranslate2_form, openai_checkpoint
from voice_assistant.models.model import Model, ModelFile
from voice_assistant.models.places import CONVERTED, find_checkpoint
from voice_assistant.models.store import sha256, verify_checkpoint, verify_model
from voice_assistant.processes.files import is_disk_full, no_space, replacing_folder
from voice_assistant.processes.lock import exclusive

_UNFINISHED = f".{CONVERTED}."

Check = Callable[[Path, Path], None]
"""Takes a checkpoint and a folder that was made from it; ValueError if that is not good."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Hold what a conversion made, or found in order.

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
        if is_disk_full(error):
            raise no_space(home, _need(model)) from error
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
        raise no_space(home, _need(model))
    with replacing_folder(home / CONVERTED) as folder:
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


def _need(model: Model) -> int:
    """Return the bytes needed: both forms are float16, and there is a vocabulary beside."""
    return round(1.1 * model.checkpoint.size)
