"""Find files of base that lie whole in its package, which is always installed."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

from voice_assistant.errors import ModelError
from voice_assistant.models.known import STOPGAP, built_in


def find_package_file(name: str) -> Path:
    """Return where one of them is.

    Args:
        name: of a file of base that its package has in one piece.

    Raises:
        ModelError: `MODEL_MISSING`, the package is not there; `PACKAGE_DAMAGED`.
    """
    file = next(file for file in built_in()[STOPGAP].files if file.name == name)
    (part,) = file.parts
    try:
        path = Path(str(files(part.package).joinpath(part.path)))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except (ModuleNotFoundError, OSError) as error:
        raise ModelError("MODEL_MISSING", model=STOPGAP) from error
    if digest != file.sha256:
        raise ModelError("PACKAGE_DAMAGED", package=part.package)
    return path
