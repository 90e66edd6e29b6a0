"""Computers as values: what a look at one would have found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model
from voice_assistant.models.on_disk import OnDisk, Stored

GB = 10**9
DRIVER = Driver("580.95.05", "13.0")
TORCH = Installed("2.13.0", "13.0")


def card(gigabytes: float, used: float = 0) -> Card:
    """A card of some GB, of which some are used."""
    total, taken = round(gigabytes * GB), round(used * GB)
    return Card("simulated", total, taken, total - taken, {})


def surroundings(
    *cards: Card,
    driver: Driver | None = DRIVER,
    torch: Installed | None = None,
    models: Mapping[str, Model] | None = None,
    checkpoints: Iterable[str] = (),
    folders: Iterable[str] = (),
) -> Surroundings:
    """A computer with these cards, checkpoints and CTranslate2 forms, and with its packages."""
    known = built_in() if models is None else models
    checkpoints, folders = set(checkpoints), set(folders)
    on_disk = {
        name: OnDisk(
            checkpoint=Stored(Path(f"{name}.pt"), 1) if name in checkpoints else None,
            published=Stored(Path(name), 1) if name in folders else None,
            packaged=model.packaged,
        )
        for name, model in known.items()
    }
    return Surroundings(driver if cards else None, cards, torch, known, on_disk)
