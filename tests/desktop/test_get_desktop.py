from __future__ import annotations

import sys

import pytest

from voice_assistant import desktop as room
from voice_assistant.desktop import get_desktop
from voice_assistant.desktop.dry_run import DryRunDesktop
from voice_assistant.settings import load_settings


@pytest.mark.parametrize(
    ("platform", "name"),
    [("win32", "WindowsDesktop"), ("darwin", "MacDesktop"), ("linux", "LinuxDesktop")],
)
def test_each_system_has_its_desktop(
    platform: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Chosen:
        pass

    settings = load_settings(dry_run=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(room, name, Chosen)
    assert isinstance(get_desktop(settings), Chosen)


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_a_dry_run_is_dry_everywhere(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(dry_run=True)
    monkeypatch.setattr(sys, "platform", platform)
    assert isinstance(get_desktop(settings), DryRunDesktop)
