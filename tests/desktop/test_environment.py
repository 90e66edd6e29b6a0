from __future__ import annotations

import os
import sys

import pytest

from voice_assistant.desktop.environment import user_environment


def test_our_virtual_environment_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", os.path.abspath("/service/.venv"))
    monkeypatch.setattr(sys, "base_prefix", os.path.abspath("/usr"))
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    ours = os.path.join(sys.prefix, scripts)
    other = os.path.join(os.path.abspath("/other"), scripts)
    environ = {
        "PATH": os.pathsep.join([ours, "/usr/bin", other, ours + os.sep, "/bin"]),
        "VIRTUAL_ENV": os.path.abspath("/other"),
        "PYTHONHOME": "/usr",
        "LANG": "zh_CN.UTF-8",
    }
    assert user_environment(environ) == {
        "PATH": os.pathsep.join(["/usr/bin", "/bin"]),
        "LANG": "zh_CN.UTF-8",
    }


def test_our_settings_stay_with_us() -> None:
    assert user_environment({"VOICE_TOKEN": "secret", "VOICE": "mine"}) == {"VOICE": "mine"}


def test_nothing_is_missed_without_a_path() -> None:
    assert user_environment({"HOME": "/root"}) == {"HOME": "/root"}
