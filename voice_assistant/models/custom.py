"""The user's own models: fine-tuned ones, say, in the shape of a known one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import tomli

from voice_assistant.models.model import Model, ModelFile

_SHA256 = re.compile("[0-9a-f]{64}")
# Names become folders.
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")


def read_custom(path: Path, known: Mapping[str, Model]) -> dict[str, Model]:
    """The models of a `models.toml`, by name.

    Args:
        path: of the file; without one there are none.
        known: the models that they can be like.

    Raises:
        ValueError: the file is not TOML, or a model is not described as it has to be.
        OSError: it cannot be read.
    """
    if not path.exists():
        return {}
    try:
        content = tomli.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:  # no TOML, or no text
        raise ValueError(f"{path}: {error}") from error
    tables = content.get("model", [])
    if set(content) - {"model"} or not isinstance(tables, list):
        raise ValueError(f"{path}: only [[model]] tables are known")
    models = {}
    for table in tables:
        try:
            model = _model(table, known)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            reason = f"{error} is missing or unknown" if isinstance(error, KeyError) else error
            raise ValueError(f"{path}: {reason}") from error
        models[model.name] = model
    return models


def _model(table: dict[str, Any], known: Mapping[str, Model]) -> Model:
    name, like = table["name"], known[table["like"]]
    # Some systems take Base and base for one folder.
    if not _NAME.fullmatch(name) or name.lower() in {each.lower() for each in known}:
        raise ValueError(f"a model cannot be called {name!r}")
    files = tuple(_file(file, table.get("modelscope", "")) for file in table["file"])
    if not files:
        raise ValueError(f"{name} has no files")
    checkpoints = [file for file in files if file.name.endswith(".pt")]
    return replace(
        like,
        name=name,
        checkpoint=checkpoints[0] if checkpoints else ModelFile(f"{name}.pt", 0, "0" * 64),
        files=tuple(file for file in files if file not in checkpoints),
    )


def _file(table: dict[str, Any], modelscope: str) -> ModelFile:
    file = ModelFile(
        table["name"],
        int(table["size"]),
        table["sha256"].lower(),
        modelscope.strip("/"),
        table.get("url", ""),
    )
    if not _NAME.fullmatch(file.name):
        raise ValueError(f"a file cannot be called {file.name!r}")
    if not _SHA256.fullmatch(file.sha256):
        raise ValueError(f"{file.sha256!r} is no SHA-256")
    if file.size <= 0:
        raise ValueError(f"{file.name} cannot have {file.size} bytes")
    if not (file.modelscope or file.url.startswith(("https://", "http://"))):
        raise ValueError(f"{file.name} has neither modelscope nor url")
    return file
