"""Measure how much memory we use, of the computer and of the card; all in bytes."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil

from voice_assistant.assistant.services import Services
from voice_assistant.choice.fit import card_to_use
from voice_assistant.machine.card import find_cards


@dataclass(frozen=True, slots=True)
class CardMemory:
    """Tell how the card's memory is shared, in bytes.

    Attributes:
        name: of the card.
        total: all that it has.
        free: what nobody uses.
        cap: what we promised to stay under.
        used_by_us: what the speech process uses.
    """

    name: str
    total: int
    free: int
    cap: int
    used_by_us: int


def service_memory() -> int:
    """Measure the resident memory of this process."""
    return int(psutil.Process(os.getpid()).memory_info().rss)


def card_memory(services: Services) -> CardMemory | None:
    """Ask the driver for the card's memory, which takes a moment; `None` without a card."""
    card = card_to_use(find_cards())
    if card is None:
        return None
    info = services.process.info
    return CardMemory(
        name=card.name,
        total=card.total,
        free=card.free,
        cap=int(card.total * services.settings.gpu_memory_fraction),
        used_by_us=card.by_process.get(info.pid, 0) if info else 0,
    )
