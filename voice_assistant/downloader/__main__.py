"""Run the downloader in an environment that is ready: `python -m voice_assistant.downloader`."""

from __future__ import annotations

import os
import sys

from voice_assistant.processes.collector import permanent_objects

if __name__ == "__main__":
    with permanent_objects():
        from voice_assistant.console import Console
        from voice_assistant.downloader.main import run
        from voice_assistant.messages import choose_locale
    sys.exit(run(sys.argv[1:], Console(choose_locale(os.environ.get("VOICE_LOCALE", "auto")))))
