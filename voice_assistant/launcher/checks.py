"""What this computer has, one true line each."""

from __future__ import annotations

import platform
import shutil
import sys
import threading
from pathlib import Path

import psutil

from voice_assistant.cards import find_cards
from voice_assistant.launcher.console import Console

_GB = 2**30


def show_machine(console: Console, folder: Path) -> threading.Thread:
    """Write what the computer has, and return the thread that still asks for the graphics card.

    A sleeping driver takes seconds to answer; the server must not wait for it.

    Args:
        console: where the lines go.
        folder: whose disk is meant.
    """
    cards = threading.Thread(target=_show_cards, args=(console,), daemon=True)
    cards.start()
    console.show("good", "launcher.python", version=platform.python_version(), folder=sys.prefix)
    memory = psutil.virtual_memory()
    console.show("good", "launcher.memory", total=memory.total / _GB, free=memory.available / _GB)
    console.show("good", "launcher.disk", free=shutil.disk_usage(folder).free / _GB)
    return cards


def _show_cards(console: Console) -> None:
    cards = find_cards()
    for card in cards:
        console.show(
            "good",
            "launcher.gpu",
            name=card.name,
            total=card.total / _GB,
            used=card.used / _GB,
            free=card.free / _GB,
        )
    if not cards:
        console.show("good", "launcher.no_gpu")
