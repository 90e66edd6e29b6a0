from __future__ import annotations

import subprocess
import sys

from voice_assistant import ROOT


def test_the_converter_goes_by_its_former_name_too() -> None:
    shown = [
        subprocess.run(
            [sys.executable, "-m", module, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for module in ("voice_assistant.speech.conversion", "voice_assistant.converter")
    ]
    assert shown[0] == shown[1]
    assert "--checkpoint" in shown[0]
