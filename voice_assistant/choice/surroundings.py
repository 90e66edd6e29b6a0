"""Look at the computer once; everything that judges takes what was found as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from voice_assistant.choice.fit import card_to_use
from voice_assistant.machine.card import Card, Driver, find_cards, find_driver
from voice_assistant.machine.installed_torch import Installed, find_installed
from voice_assistant.models.model import Model
from voice_assistant.models.on_disk import OnDisk, find_on_disk
from voice_assistant.settings import Settings

Cards = tuple[Driver | None, tuple[Card, ...]]
"""The driver, if its library is here, and the cards that it tells of."""

NO_CARDS: Cards = (None, ())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Hold what this computer has, as far as a choice of models depends on it.

    Attributes:
        driver: of NVIDIA's; `None` without its library, or where nobody asked.
        cards: that the driver tells of, with the memory that is free now.
        torch: that is installed, as its files tell.
        models: all that are known, by name.
        on_disk: in which forms each of them is here, by name.
    """

    driver: Driver | None
    cards: tuple[Card, ...]
    torch: Installed | None
    models: Mapping[str, Model]
    on_disk: Mapping[str, OnDisk]

    @property
    def card(self) -> Card | None:
        """Return the card that models run on, if there is one."""
        return card_to_use(self.cards)

    def has_any(self, name: str) -> bool:
        """Return whether a model is known, and here in any form."""
        return name in self.on_disk and self.on_disk[name].is_here

    def has(self, name: str, engine: str) -> bool:
        """Return whether a model is known, and here in a form that an engine can read."""
        return name in self.on_disk and self.on_disk[name].readable_by(engine)


Look = Callable[..., Surroundings]
"""`look_around`, or what a test has in its place."""


def look_around(
    settings: Settings, models: Mapping[str, Model], cards: Cards | None = None
) -> Surroundings:
    """Return what this computer has; nothing else looks for it.

    Args:
        settings: say where models are kept, and whether a card is wanted.
        models: all that are known, by name.
        cards: what the driver has told; if it is not given, the driver is asked where the settings
            want a card, and may take seconds to answer.
    """
    if cards is None:
        cards = ask_driver() if settings.wants_card else NO_CARDS
    driver, found = cards
    return Surroundings(
        driver=driver,
        cards=found,
        torch=find_installed(),
        models=models,
        on_disk={name: find_on_disk(model, settings.model_dir) for name, model in models.items()},
    )


def ask_driver() -> Cards:
    """Return the driver and its cards; one that sleeps takes seconds to answer."""
    return find_driver(), tuple(find_cards())
