"""Find the files of a model, wherever they may lie."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from voice_assistant.models import modelscope
from voice_assistant.models.model import Model, ModelFile

CONVERTED = "converted"
"""The folder, in a model's own, of what was converted here."""


def find_checkpoint(model: Model, model_dir: Path) -> Path | None:
    """Return where OpenAI's checkpoint of a model is, if it is there; loading it verifies it."""
    file = model.checkpoint
    own = (folder / file.name for folder in (model_dir / model.name, model_dir))
    # Only here a file of another size is of interest: the user put it here, and is told about it.
    if found := next((path for path in own if path.is_file()), None):
        return found
    others = (folder / file.name for folder in _caches(file))
    return next((path for path in others if has(path, file)), None)


def find_files(model: Model, model_dir: Path) -> Path | None:
    """Return the folder with a model's CTranslate2 form, if all of it is there."""
    if not model.files:
        return None
    folders = (model_dir / model.name, *_caches(model.files[0]))

    def is_whole(folder: Path) -> bool:
        return all(has(folder / file.name, file) for file in model.files)

    return next((folder for folder in folders if is_whole(folder)), None)


def has(path: Path, file: ModelFile) -> bool:
    """Return whether there is a file at `path` that could be `file`, by its size."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == file.size


def _caches(file: ModelFile) -> Iterator[Path]:
    """Yield where others keep what they download: the ModelScope client and openai-whisper."""
    if file.modelscope:
        cache = modelscope.cache()
        # Its layouts: since 1.38, before it, and before 1.23.
        yield cache / "models" / file.modelscope.replace("/", "--") / "snapshots" / "master"
        for root in (cache / "models", cache / "hub" / "models", cache / "hub"):
            # It writes ___ for a dot.
            yield root / file.modelscope.replace(".", "___")
    if file.url:
        cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        yield cache / "whisper"
