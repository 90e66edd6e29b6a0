"""Run the converter under its former name, `python -m voice_assistant.speech.conversion`."""

from __future__ import annotations

import runpy

if __name__ == "__main__":
    runpy.run_module("voice_assistant.converter", run_name="__main__", alter_sys=True)
