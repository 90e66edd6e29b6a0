from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from voice_assistant.console import Console
from voice_assistant.launcher import card_look
from voice_assistant.launcher.card_look import look_at_card, looking_at_card
from voice_assistant.machine.card import Card, Driver
from voice_assistant.settings import Settings

CARD = Card("simulated", 8, 0, 8, {}, (8, 9))
DRIVER = Driver("580.95.05", "13.0")
SETTINGS = Settings(engine="fake")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Card, Driver, bool]]:
    """What torch was wanted for; the computer has one card."""
    wanted: list[tuple[Card, Driver, bool]] = []

    def install(_: object, card: Card, driver: Driver, *, again: bool) -> bool:
        wanted.append((card, driver, again))
        return False

    monkeypatch.setattr("voice_assistant.launcher.card_look.CardTorch.install", install)
    monkeypatch.setattr(card_look, "find_cards", lambda: [CARD])
    monkeypatch.setattr(card_look, "find_driver", lambda: DRIVER)
    return wanted


@pytest.mark.parametrize("again", [True, False])
def test_torch_is_for_the_card(asked: list[tuple[Card, Driver, bool]], again: bool) -> None:
    look_at_card(SETTINGS, Console("en"), again=again)
    assert asked == [(CARD, DRIVER, again)]


def test_without_a_card_there_is_nothing_to_install(
    asked: list[tuple[Card, Driver, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_look, "find_cards", list)
    look_at_card(SETTINGS, Console("en"), again=True)
    assert asked == []


def test_nobody_waits_for_a_sleeping_driver(
    asked: list[tuple[Card, Driver, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    awake = threading.Event()
    monkeypatch.setattr(card_look, "find_cards", lambda: awake.wait(60) and [CARD])
    with looking_at_card(SETTINGS, Console("en")):
        assert asked == []  # the server starts meanwhile
        awake.set()
    assert asked == [(CARD, DRIVER, False)]


def test_the_end_of_the_server_is_the_end_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def look(*_: object, stopping: Callable[[], bool], **__: object) -> None:
        while not stopping():
            threading.Event().wait(0.01)
        ended.set()

    monkeypatch.setattr(card_look, "look_at_card", look)
    with looking_at_card(SETTINGS, Console("en")):
        assert not ended.is_set()
    assert ended.is_set()
