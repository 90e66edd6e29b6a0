"""Write what the graphics card is and what runs on it, and have torch installed for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voice_assistant.choice.chooser import Chooser
from voice_assistant.choice.surroundings import ask_driver
from voice_assistant.console import Console
from voice_assistant.installation.environment import Environment
from voice_assistant.launcher.card_torch import CardTorch
from voice_assistant.launcher.checks import show_cards
from voice_assistant.launcher.choice_log import show_choice
from voice_assistant.settings import Settings

_END_S = 5


def probe_card(
    settings: Settings,
    console: Console,
    chooser: Chooser,
    *,
    again: bool,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Write what there is and what is used; install torch for a card that lacks it.

    Args:
        settings: what may be used.
        console: where the lines go.
        chooser: chooses the model that is used.
        again: whether to try what failed before.
        stopping: asked every second; an installation ends once it says so.
    """
    chosen = chooser.first()
    here = chosen.here
    # A card that is not wanted is told of all the same.
    show_cards(console, here.cards if settings.wants_card else ask_driver()[1])
    show_choice(console, settings, chosen)
    if here.card is not None and here.driver is not None:
        torch = CardTorch(Environment(), settings, console, stopping)
        if torch.install(here.card, here.driver, again=again):
            show_choice(console, settings, chooser.anew())


@contextmanager
def probing_card(settings: Settings, console: Console, chooser: Chooser) -> Iterator[None]:
    """Look at the card beside the server, until that ends.

    A sleeping driver takes seconds to answer, and torch minutes to be installed; nobody must wait
    for either to be able to speak.
    """
    stopped = threading.Event()
    beside = Console(console.language)
    beside.is_terminal = False  # what the server logs would break into lines that are redrawn

    def look() -> None:
        probe_card(settings, beside, chooser, again=False, stopping=stopped.is_set)

    thread = threading.Thread(target=look, daemon=True, name="card")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(_END_S)
