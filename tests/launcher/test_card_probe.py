from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.support.surroundings import DRIVER, TORCH, card, surroundings
from voice_assistant.choice.chooser import Chooser
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.console import Console
from voice_assistant.launcher import card_probe
from voice_assistant.launcher.card_probe import probe_card, probing_card
from voice_assistant.machine.card import Card, Driver
from voice_assistant.settings import Settings

CARD = card(8)
SETTINGS = Settings()


def chooser_for(*states: Surroundings, settings: Settings = SETTINGS) -> Chooser:
    """Chooses for a computer that is like this, and later like that."""
    seen = list(states)
    return Chooser(settings, lambda *_: seen.pop(0))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Card, Driver, bool]]:
    """What torch was wanted for; it cannot be installed."""
    wanted: list[tuple[Card, Driver, bool]] = []

    def install(_: object, card: Card, driver: Driver, *, again: bool) -> bool:
        wanted.append((card, driver, again))
        return False

    monkeypatch.setattr("voice_assistant.launcher.card_probe.CardTorch.install", install)
    return wanted


@pytest.mark.parametrize("again", [True, False])
def test_torch_is_for_the_card(asked: list[tuple[Card, Driver, bool]], again: bool) -> None:
    probe_card(SETTINGS, Console("en"), chooser_for(surroundings(CARD)), again=again)
    assert asked == [(CARD, DRIVER, again)]


def test_without_a_card_there_is_nothing_to_install(
    asked: list[tuple[Card, Driver, bool]],
) -> None:
    probe_card(SETTINGS, Console("en"), chooser_for(surroundings()), again=True)
    assert asked == []


def test_what_is_used_is_told_again_once_torch_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "voice_assistant.launcher.card_probe.CardTorch.install", lambda *_, **__: True
    )
    chooser = chooser_for(surroundings(CARD), surroundings(CARD, torch=TORCH))
    probe_card(SETTINGS, Console("en"), chooser, again=True)
    output = capsys.readouterr().out
    assert output.count("GPU: simulated, 8.0 GB of memory") == 1
    assert output.index("base (int8, ctranslate2) on the CPU") < output.index(
        "base (float16, torch) on the GPU"
    )


def test_a_card_that_is_not_wanted_is_told_of_and_left_alone(
    asked: list[tuple[Card, Driver, bool]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(card_probe, "ask_driver", lambda: (DRIVER, (CARD,)))
    settings = Settings(device="cpu")
    chooser = chooser_for(surroundings(), settings=settings)
    probe_card(settings, Console("en"), chooser, again=True)
    assert "GPU: simulated, 8.0 GB of memory" in capsys.readouterr().out
    assert asked == []


def test_nobody_waits_for_a_sleeping_driver(asked: list[tuple[Card, Driver, bool]]) -> None:
    awake = threading.Event()

    def look(*_: object) -> Surroundings:
        assert awake.wait(60)
        return surroundings(CARD)

    with probing_card(SETTINGS, Console("en"), Chooser(SETTINGS, look)):
        assert asked == []  # the server starts meanwhile
        awake.set()
    assert asked == [(CARD, DRIVER, False)]


def test_the_end_of_the_server_is_the_end_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def look(*_: object, stopping: Callable[[], bool], **__: object) -> None:
        while not stopping():
            threading.Event().wait(0.01)
        ended.set()

    monkeypatch.setattr(card_probe, "probe_card", look)
    with probing_card(SETTINGS, Console("en"), chooser_for()):
        assert not ended.is_set()
    assert ended.is_set()
