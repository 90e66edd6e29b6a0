from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voice_assistant.machine.pci import lists_nvidia

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has its registry")


@pytest.mark.parametrize(
    ("vendor", "kind", "found"),
    [
        ("0x10de", "0x030000", True),  # a graphics card
        ("0x10de", "0x030200", True),  # one without a display
        ("0x10de", "0x040300", False),  # its sound
        ("0x1002", "0x030000", False),  # another maker's
    ],
)
def test_lists_nvidia(tmp_path: Path, vendor: str, kind: str, found: bool) -> None:
    entry = tmp_path / "0000:01:00.0"
    entry.mkdir()
    (entry / "vendor").write_text(f"{vendor}\n", encoding="ascii")
    (entry / "class").write_text(f"{kind}\n", encoding="ascii")
    assert lists_nvidia(tmp_path) is found


def test_a_system_that_lists_nothing(tmp_path: Path) -> None:
    assert not lists_nvidia(tmp_path / "nowhere")
    (tmp_path / "0000:01:00.0").mkdir()
    assert not lists_nvidia(tmp_path)
