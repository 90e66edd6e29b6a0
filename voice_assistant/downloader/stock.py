"""List, check and remove the models that are on this computer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.models.converted import recorded
from voice_assistant.models.model import Model, ModelFile
from voice_assistant.models.on_disk import find_on_disk
from voice_assistant.models.store import sha256


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Hold a file of a model, and where it lies."""

    path: Path
    file: ModelFile

    def is_whole(self) -> bool:
        """Return whether it is what it should be; reads all of it."""
        return sha256(self.path) == self.file.sha256


def find_stored(model: Model, model_dir: Path) -> list[StoredFile]:
    """Return the files of a model that are here, wherever they lie."""
    return list(_stored(model, model_dir))


def remove(model: Model, model_dir: Path) -> int:
    """Delete a model from `model_dir`, with what is left of its downloads.

    Returns:
        How many bytes that freed.

    Raises:
        OSError: a file cannot be deleted.
    """
    freed = 0
    for path in (model_dir / model.name, model_dir / model.checkpoint.name):
        if path.is_dir():
            freed += sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
            shutil.rmtree(path)
        elif path.is_file():
            freed += path.stat().st_size
            path.unlink()
    return freed


def _stored(model: Model, model_dir: Path) -> Iterator[StoredFile]:
    here = find_on_disk(model, model_dir)
    if here.checkpoint is not None:
        yield StoredFile(here.checkpoint.path, model.checkpoint)
    if here.published is not None:
        for file in model.files:
            yield StoredFile(here.published.path / file.name, file)
    if here.converted is not None:
        for file in recorded(model, here.converted.path):
            yield StoredFile(here.converted.path / file.name, file)
