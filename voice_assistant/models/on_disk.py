"""Tell in which forms a model is on the disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voice_assistant.engines import ENGINES
from voice_assistant.models.converted import find_converted
from voice_assistant.models.model import Model
from voice_assistant.models.places import find_checkpoint, find_files


@dataclass(frozen=True, slots=True)
class Stored:
    """Hold where one form of a model lies.

    Attributes:
        path: a checkpoint, or the folder of a CTranslate2 form.
        written_ns: when its weights were written, in nanoseconds since the epoch; 0 if that cannot
            be told.
        whole: whether everything has the size that it should have.
    """

    path: Path
    written_ns: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Hold the forms of a model that are on the disk, or in packages.

    Attributes:
        checkpoint: OpenAI's; one that is not whole may be the user's own, or still be copied.
        published: the CTranslate2 form that others publish.
        converted: the CTranslate2 form that was made here.
        packaged: whether packages have the CTranslate2 form.
        problem: why nobody can tell what is on the disk; empty if all is well.
    """

    checkpoint: Stored | None = None
    published: Stored | None = None
    converted: Stored | None = None
    packaged: bool = False
    problem: str = ""

    @property
    def ctranslate2(self) -> Stored | None:
        """Return the CTranslate2 form to use; what others publish comes first."""
        return self.published or self.converted

    @property
    def has_ctranslate2(self) -> bool:
        """Return whether there is a CTranslate2 form, which every engine can read."""
        return self.packaged or self.ctranslate2 is not None

    @property
    def is_here(self) -> bool:
        """Return whether there is any form."""
        return self.has_ctranslate2 or self.checkpoint is not None

    def readable_by(self, engine: str) -> bool:
        """Return whether an engine of `ENGINES` can read one of the forms as it is."""
        return self.is_here if ENGINES[engine].reads_checkpoints else self.has_ctranslate2


def find_on_disk(model: Model, model_dir: Path) -> OnDisk:
    """Return the forms of a model that are here, without reading them.

    Args:
        model: which one.
        model_dir: where models are kept; caches of other programs are searched as well.
    """
    try:
        checkpoint = find_checkpoint(model, model_dir)
        published = find_files(model, model_dir)
        converted = find_converted(model, model_dir)
        return OnDisk(
            _checkpoint(checkpoint, model.checkpoint.size) if checkpoint else None,
            _folder(published) if published else None,
            _folder(converted) if converted else None,
            model.packaged,
        )
    except OSError as error:
        return OnDisk(packaged=model.packaged, problem=str(error))


def _checkpoint(path: Path, size: int) -> Stored:
    written_ns, found = _stat(path)
    return Stored(path, written_ns, found == size)


def _folder(path: Path) -> Stored:
    written_ns, _ = _stat(path / "model.bin")
    return Stored(path, written_ns)


def _stat(path: Path) -> tuple[int, int]:
    """Return when a file was written, in nanoseconds since the epoch, and its size in bytes."""
    try:
        found = path.stat()
    except FileNotFoundError:  # gone by now, or the model has only other files
        return 0, 0
    return found.st_mtime_ns, found.st_size
