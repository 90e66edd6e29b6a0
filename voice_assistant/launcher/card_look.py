"""The graphics card: what it is, what runs on it, and that torch is there for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from voice_assistant.console import Console
from voice_assistant.installation.environment import Environment
from voice_assistant.launcher.card_torch import CardTorch
from voice_assistant.launcher.checks import show_cards
from voice_assistant.launcher.choice_log import show_choice
from voice_assistant.machine.card import find_cards, find_driver
from voice_assistant.settings import Settings

_END_S = 5


def look_at_card(
    settings: Settings,
    console: Console,
    *,
    again: bool,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Write what there is and what is used; install torch for a card that lacks it.

    Args:
        settings: what may be used.
        console: where the lines go.
        again: whether to try what failed before.
        stopping: asked every second; an installation ends once it says so.
    """
    cards, driver = find_cards(), find_driver()
    show_cards(console, cards)
    show_choice(console, settings, cards)
    if cards and driver:
        torch = CardTorch(Environment(), settings, console, stopping)
        if torch.install(cards[0], driver, again=again):
            show_choice(console, settings, find_cards())


@contextmanager
def looking_at_card(settings: Settings, console: Console) -> Iterator[None]:
    """Do so beside the server.

    A sleeping driver takes seconds to answer, and torch minutes to be installed; nobody must wait
    for either to be able to speak.
    """
    stopped = threading.Event()
    beside = Console(console.language)
    beside.is_terminal = False  # what the server logs would break into lines that are redrawn

    def look() -> None:
        look_at_card(settings, beside, again=False, stopping=stopped.is_set)

    thread = threading.Thread(target=look, daemon=True, name="card")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(_END_S)
