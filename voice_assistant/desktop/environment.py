"""Give launched programs the user's environment, without ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

_OURS = frozenset({"VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME", "__PYVENV_LAUNCHER__"})
_SETTINGS_PREFIX = "VOICE_"
_SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


def user_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` without our virtual environment and without our settings.

    A launched terminal must find the user's Python, and no program may read `VOICE_TOKEN`.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if name not in _OURS and not name.startswith(_SETTINGS_PREFIX)
    }
    if "PATH" in kept:
        ours = {_normal(folder) for folder in _script_folders(environ)}
        folders = kept["PATH"].split(os.pathsep)
        kept["PATH"] = os.pathsep.join(each for each in folders if _normal(each) not in ours)
    return kept


def _script_folders(environ: Mapping[str, str]) -> list[str]:
    prefixes = [environ["VIRTUAL_ENV"]] if environ.get("VIRTUAL_ENV") else []
    if sys.prefix != sys.base_prefix:
        prefixes.append(sys.prefix)
    return [os.path.join(prefix, _SCRIPTS) for prefix in prefixes]


def _normal(folder: str) -> str:
    return os.path.normcase(os.path.normpath(folder))
