from __future__ import annotations

from typing import Any

from voice_assistant.launcher.torch_sources import sources
from voice_assistant.machine.torch_builds import BUILDS, MIRROR, OFFICIAL

NEW_BUILD, OLD_BUILD = BUILDS


def test_where_it_is_looked_for() -> None:
    """PyPI has the newest build for Linux; for the rest, a mirror is near to who reads Chinese."""

    def names(index: str, language: Any, platform: str, build: Any = NEW_BUILD) -> list[str]:
        return [place.name for place in sources(build, index, language, platform)]

    assert names("", "zh", "linux") == ["PyPI"]
    assert names("", "zh", "win32") == [f"{MIRROR}/cu130", f"{OFFICIAL}/cu130"]
    assert names("", "en", "win32") == [f"{OFFICIAL}/cu130", f"{MIRROR}/cu130"]
    assert names("", "en", "linux", OLD_BUILD) == [f"{OFFICIAL}/cu126", f"{MIRROR}/cu126"]
    assert names("http://near/whl/", "zh", "linux") == ["http://near/whl/cu130", "PyPI"]
    assert names("http://near/whl", "zh", "win32")[0] == "http://near/whl/cu130"
    (first, *_) = sources(NEW_BUILD, "http://near/whl", "zh", "win32")
    assert first.options == (
        "--index-url",
        "http://near/whl/cu130",
        "--find-links",
        "http://near/whl/cu130/",
    )
