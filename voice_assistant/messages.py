"""Hold the sentences for people, in Chinese and English.

Standard library only: the launcher speaks before the environment exists.
"""

from __future__ import annotations

import json
import locale
import os
import sys
from functools import cache
from pathlib import Path
from typing import Literal

Locale = Literal["zh", "en"]

GIGABYTE = 10**9
"""Bytes of what is called GB wherever a person reads it."""

MEGABYTE = 10**6
"""Bytes of what is called MB wherever a person reads it."""

_FOLDER = Path(__file__).parent / "locales"


def gigabytes(count: float) -> float:
    """Return bytes in the GB that sentences are about."""
    return count / GIGABYTE


def megabytes(count: float) -> float:
    """Return bytes in the MB that sentences are about."""
    return count / MEGABYTE


@cache
def sentences(language: Locale) -> dict[str, str]:
    """Return all sentences of one language, by key."""
    loaded: dict[str, str] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return loaded


def say(key: str, language: Locale, **params: object) -> str:
    """Return the sentence for `key`, with `params` filled in.

    Raises:
        KeyError: no such sentence, or a parameter is missing.
    """
    return sentences(language)[key].format(**params)


@cache
def system_locale() -> Locale:
    """Return Chinese if the system speaks Chinese, else English.

    POSIX names win on every system, so that `LANG=zh_CN.UTF-8 python start.py` does what it says.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":
        import ctypes

        primary_language = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
        return "zh" if primary_language == 0x04 else "en"
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def choose_locale(setting: str) -> Locale:
    """Return the locale that the setting `VOICE_LOCALE` asks for; `auto` follows the system."""
    if setting == "zh":
        return "zh"
    if setting == "en":
        return "en"
    return system_locale()


def accepted_locale(accept_language: str | None, default: Locale) -> Locale:
    """Return the first language of an `Accept-Language` header that we speak, else `default`."""
    for part in (accept_language or "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return default
