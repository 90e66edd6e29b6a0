"""Find a model's CTranslate2 form that was made here, by the record of what is in it.

The record is written last, so a folder that has one is whole. It names the checkpoint by its
SHA-256: what was made from another one, or by an older version of this, does not count.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voice_assistant.models.model import Model, ModelFile
from voice_assistant.models.places import CONVERTED, has
from voice_assistant.processes.files import read_json

_RECORD = "record.json"

_NAMES = [["config.json", "model.bin", f"vocabulary.{form}"] for form in ("json", "txt")]

# Raised when what is written changes.
_VERSION = 1


def find_converted(model: Model, model_dir: Path) -> Path | None:
    """Return the folder of the form that was made here, if all of it is there."""
    folder = model_dir / model.name / CONVERTED
    files = recorded(model, folder)
    whole = files and all(has(folder / file.name, file) for file in files)
    return folder if whole else None


def recorded(model: Model, folder: Path) -> Sequence[ModelFile]:
    """Return what the record says that a folder holds; nothing if it is of no use for the model."""
    try:
        record: Any = read_json(folder / _RECORD)
        if (record["version"], record["checkpoint"]) != (_VERSION, model.checkpoint.sha256):
            return ()
        files = [_file(file) for file in record["files"]]
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return ()
    # Each file is verified by its record, so there must be one of whatever is loaded.
    names = sorted(file.name for file in files)
    return files if names in _NAMES else ()


def _file(row: dict[str, Any]) -> ModelFile:
    name, size, sha256 = row["name"], row["size"], row["sha256"]
    if (type(name), type(size), type(sha256)) != (str, int, str):
        raise TypeError("not what was recorded")
    return ModelFile(name, size, sha256)


def write_record(model: Model, folder: Path, files: Sequence[ModelFile]) -> None:
    """Record that a folder is whole, and wait until that is on the disk.

    Raises:
        OSError: it cannot be written.
    """
    record = {
        "version": _VERSION,
        "checkpoint": model.checkpoint.sha256,
        "files": [
            {key: value for key, value in asdict(file).items() if key in ("name", "size", "sha256")}
            for file in files
        ],
    }
    with (folder / _RECORD).open("w", encoding="utf-8") as stream:
        json.dump(record, stream, indent=1)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
