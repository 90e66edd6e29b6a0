from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from tests.support.surroundings import DRIVER, GB, surroundings
from voice_assistant.choice.surroundings import NO_CARDS, Cards
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.self_check.facts import Facts, Probe, Trial
from voice_assistant.self_check.gather import ask_patiently, gather
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig

SEEN = Probe("2.13.0+cu130", "13.0", True)
BLIND = Probe("2.13.0+cu130", "13.0", False)


class Computer:
    """Has things; `tried` says what was tried out on it."""

    def __init__(self) -> None:
        self.tried: list[EngineConfig] = []
        self.has()

    def has(
        self,
        *,
        card: Card | None = None,
        driver: Driver | None = None,
        cuda: str | None = None,
        probe: Probe | None = None,
        problem: str = "",
    ) -> None:
        self._cards: Cards = (driver, (card,) if card else ())
        self._torch = None if cuda is None else Installed("2.13.0", cuda)
        self._probe = probe
        self._problem = problem

    def facts(self, settings: Settings | None = None) -> Facts:
        driver, cards = self._cards
        here = replace(surroundings(*cards, torch=self._torch), driver=driver)
        return gather(settings or Settings(), here, self._try_out, lambda: bool(cards))

    def _try_out(self, config: EngineConfig) -> tuple[Probe | None, Trial]:
        self.tried.append(config)
        on_card = config.device == "cuda"
        return (self._probe if on_card else None), Trial(
            config.engine,
            config.model.name,
            config.device,
            config.compute_type,
            self._problem if on_card else "",
        )


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return Computer()


def card(used: float = 0) -> Card:
    taken = round(used * GB)
    return Card("RTX 4080", 16 * GB, taken, 16 * GB - taken, {}, (8, 9))


def devices(computer: Computer) -> list[str]:
    return [config.device for config in computer.tried]


def test_without_a_card_the_cpu_is_tried(computer: Computer) -> None:
    facts = computer.facts()
    assert devices(computer) == ["cpu"]
    assert (facts.has_card, facts.works) == (False, False)
    assert (facts.chosen.model, facts.chosen.device) == ("base", "cpu")


def test_a_card_that_is_not_wanted_is_tried_all_the_same(computer: Computer) -> None:
    computer.has(card=card(), driver=DRIVER, cuda="13.0", probe=SEEN)
    facts = computer.facts(Settings(device="cpu"))
    assert facts.works
    assert facts.chosen.device == "cpu"


def test_a_card_that_works(computer: Computer) -> None:
    computer.has(card=card(), driver=DRIVER, cuda="13.0", probe=SEEN)
    facts = computer.facts(Settings(gpu_memory_fraction=0.25))
    (config,) = computer.tried
    assert (config.engine, config.device, config.compute_type) == ("torch", "cuda", "float16")
    assert config.memory_fraction < 0.25  # CUDA's own is not torch's to spend
    assert facts.works
    assert facts.chosen.device == "cuda"


@pytest.mark.parametrize("cuda", [None, ""])
def test_without_torch_for_it_the_cpu_is_tried(computer: Computer, cuda: str | None) -> None:
    computer.has(card=card(), driver=DRIVER, cuda=cuda)
    facts = computer.facts()
    assert devices(computer) == ["cpu"]
    assert facts.has_card
    assert facts.on_card is None


def test_a_card_that_fails_is_followed_by_the_cpu(computer: Computer) -> None:
    computer.has(card=card(), driver=DRIVER, cuda="13.0", probe=SEEN, problem="crash")
    facts = computer.facts()
    assert devices(computer) == ["cuda", "cpu"]
    assert not facts.works


def test_a_full_card_is_left_alone(computer: Computer) -> None:
    computer.has(card=card(15.9), driver=DRIVER, cuda="13.0", probe=SEEN)
    facts = computer.facts()
    assert devices(computer) == ["cpu"]
    assert facts.lacking > 0


def test_a_card_without_nvidia_s_library(computer: Computer) -> None:
    computer.has(cuda="13.0", probe=SEEN)
    assert computer.facts().has_card
    computer.has(cuda="13.0", probe=BLIND, problem="finds no graphics card")
    facts = computer.facts()
    assert (facts.has_card, facts.on_card) == (False, None)


@pytest.mark.parametrize(("value", "hidden"), [("", ""), ("-1", "-1"), ("0", None), (None, None)])
def test_hidden(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, value: str | None, hidden: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert computer.facts().hidden == hidden


def test_a_driver_that_answers() -> None:
    answer: Cards = (DRIVER, (card(),))
    assert ask_patiently(lambda: answer) == answer


def test_a_driver_that_hangs(computer: Computer) -> None:
    """It is asked once, waited for, and not used."""
    forever = threading.Event()

    def hang() -> Cards:
        forever.wait(60)
        return NO_CARDS

    driver, cards = ask_patiently(hang, 0.05)
    forever.set()
    assert (driver, cards) == (Driver("", problem="no answer for 0.05 s"), ())
    computer.has(driver=driver, cuda="13.0", probe=SEEN)
    facts = computer.facts()
    assert devices(computer) == ["cpu"]
    assert (facts.has_card, facts.chosen.device) == (True, "cpu")


def test_a_card_that_is_insisted_on_while_the_driver_is_silent(computer: Computer) -> None:
    computer.has(driver=Driver("", problem="Driver/library version mismatch"), cuda="13.0")
    chosen = computer.facts(Settings(device="cuda")).chosen
    assert (chosen.model, chosen.refused) == ("", ("GPU_MISSING", {"detail": "NVIDIA driver"}))


def test_a_model_that_is_not_here_yet(computer: Computer) -> None:
    chosen = computer.facts(Settings(model="medium")).chosen
    assert chosen.model == "base"
    assert chosen.refused == ("MODEL_ABSENT", {"model": "medium"})


def test_a_model_that_nobody_knows(computer: Computer) -> None:
    chosen = computer.facts(Settings(model="huge")).chosen
    assert chosen.model == ""
    assert chosen.refused == ("MODEL_MISSING", {"model": "huge"})
