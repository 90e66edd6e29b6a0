"""Read descriptions of models: the built-in ones' and the user's own, in one format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import tomli

from voice_assistant.models.model import Dimensions, Model, ModelFile, PackagePart

_SHA256 = re.compile("[0-9a-f]{64}")
# Names become folders.
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")


def read_models(text: str, known: Mapping[str, Model]) -> dict[str, Model]:
    """Return the models that a `models.toml` describes, by name.

    Args:
        text: what the file holds.
        known: the models that they can be like; where there are none, each table says everything.

    Raises:
        ValueError: it is not TOML, or a model is not described as it has to be.
    """
    try:
        content = tomli.loads(text)
    except RecursionError as error:
        raise ValueError("too many brackets in each other") from error
    tables = content.get("model", [])
    if set(content) - {"model"} or not isinstance(tables, list):
        raise ValueError("only [[model]] tables are known")
    models = {}
    for table in tables:
        try:
            model = _model(table, known)
        except KeyError as error:
            raise ValueError(f"{error} is missing or unknown") from error
        except (AttributeError, OverflowError, TypeError) as error:
            raise ValueError(str(error)) from error
        models[model.name] = model
    return models


def _model(table: dict[str, Any], known: Mapping[str, Model]) -> Model:
    name = table["name"]
    shape = known[table["like"]] if known else _shape(table)
    # Some systems take Base and base for one folder.
    if not _NAME.fullmatch(name) or name.lower() in {each.lower() for each in known}:
        raise ValueError(f"a model cannot be called {name!r}")
    files = tuple(_file(file, table.get("modelscope", "")) for file in table["file"])
    if not files:
        raise ValueError(f"{name} has no files")
    checkpoints = [file for file in files if file.name.endswith(".pt")]
    return replace(
        shape,
        name=name,
        checkpoint=checkpoints[0] if checkpoints else ModelFile(f"{name}.pt", 0, "0" * 64),
        files=tuple(file for file in files if file not in checkpoints),
    )


def _shape(table: dict[str, Any]) -> Model:
    """Return what a model of the user's has from the one that it is like; no files yet."""
    return Model(
        name="",
        parameters=table["parameters"],
        dimensions=Dimensions(**table["dimensions"]),
        languages=table["languages"],
        weights_mib=table["weights_mib"],
        working_mib=table["working_mib"],
        cpu_cost=table["cpu_cost"],
        checkpoint=ModelFile("", 0, ""),
        files=(),
    )


def _file(table: dict[str, Any], modelscope: str) -> ModelFile:
    file = ModelFile(
        table["name"],
        int(table["size"]),
        table["sha256"].lower(),
        table.get("modelscope", modelscope).strip("/"),
        table.get("url", ""),
        tuple(PackagePart(**part) for part in table.get("parts", ())),
    )
    parts = [text for part in file.parts for text in (part.package, part.path)]
    if not all(isinstance(text, str) for text in (file.url, *parts)):
        raise TypeError(f"{file.name!r} has an address or a part that is no text")
    if not _NAME.fullmatch(file.name):
        raise ValueError(f"a file cannot be called {file.name!r}")
    if not _SHA256.fullmatch(file.sha256):
        raise ValueError(f"{file.sha256!r} is no SHA-256")
    if file.size <= 0:
        raise ValueError(f"{file.name} cannot have {file.size} bytes")
    if not (file.modelscope or file.url.startswith(("https://", "http://"))):
        raise ValueError(f"{file.name} has neither modelscope nor url")
    return file
