from __future__ import annotations

import sys

import pytest

from voice_assistant.desktop.windows.known_folder import desktop_folder


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows")
def test_the_desktop_exists() -> None:
    assert desktop_folder().is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has it")
def test_elsewhere_there_is_none() -> None:
    with pytest.raises(OSError, match="Windows only"):
        desktop_folder()
