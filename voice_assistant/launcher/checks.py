"""Write what this computer has, one true line each."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

from voice_assistant.console import Console
from voice_assistant.machine.card import Card
from voice_assistant.machine.card_users import describe, find_users
from voice_assistant.messages import gigabytes


def show_machine(console: Console, folder: Path) -> None:
    """Write what the computer has, but for its graphics card, which may take seconds to answer.

    Args:
        console: where the lines go.
        folder: whose disk is meant.
    """
    console.show("good", "launcher.python", version=platform.python_version(), folder=sys.prefix)
    memory = psutil.virtual_memory()
    total, available = gigabytes(memory.total), gigabytes(memory.available)
    console.show("good", "launcher.memory", total=total, free=available)
    console.show("good", "launcher.disk", free=gigabytes(shutil.disk_usage(folder).free))


def show_cards(console: Console, cards: Sequence[Card]) -> None:
    """Write which graphics cards there are, and who uses them."""
    for card in cards:
        console.show(
            "good",
            "launcher.gpu",
            name=card.name,
            total=gigabytes(card.total),
            used=gigabytes(card.used),
            free=gigabytes(card.free),
        )
        if users := describe(find_users(card)):
            console.show("plain", "launcher.gpu_users", users=users)
    if not cards:
        console.show("good", "launcher.no_gpu")
