from __future__ import annotations

import threading
from typing import Any

import pytest

from voice_assistant.choice import choose as choice
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.self_check import gather as module
from voice_assistant.self_check.facts import Probe, Trial
from voice_assistant.self_check.gather import gather
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig

GB = 10**9
DRIVER = Driver("580.95.05", "13.0")
SEEN = Probe("2.13.0+cu130", "13.0", True)
BLIND = Probe("2.13.0+cu130", "13.0", False)


class Computer:
    """Pretends to have things; `tried` says what was tried out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
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
        cards = [card] if card else []
        installed = None if cuda is None else Installed("2.13.0", cuda)

        def try_out(config: EngineConfig) -> tuple[Probe | None, Trial]:
            self.tried.append(config)
            on_card = config.device == "cuda"
            return (probe if on_card else None), Trial(
                config.engine,
                config.model,
                config.device,
                config.compute_type,
                problem if on_card else "",
            )

        for name, answer in {
            "find_driver": lambda: driver,
            "find_cards": lambda: cards,
            "find_installed": lambda: installed,
            "lists_nvidia": lambda: bool(cards),
            "try_out": try_out,
        }.items():
            self._patch.setattr(module, name, answer)
        self._patch.setattr(choice, "find_cards", lambda: cards)
        self._patch.setattr(choice, "find_installed", lambda: installed)


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch) -> Computer:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return Computer(monkeypatch)


def card(used: float = 0) -> Card:
    taken = round(used * GB)
    return Card("RTX 4080", 16 * GB, taken, 16 * GB - taken, {}, (8, 9))


def devices(computer: Computer) -> list[str]:
    return [config.device for config in computer.tried]


def test_without_a_card_the_cpu_is_tried(computer: Computer) -> None:
    facts = gather(Settings())
    assert devices(computer) == ["cpu"]
    assert (facts.has_card, facts.works) == (False, False)
    assert (facts.chosen.model, facts.chosen.device) == ("base", "cpu")


def test_a_card_that_works(computer: Computer) -> None:
    computer.has(card=card(), driver=DRIVER, cuda="13.0", probe=SEEN)
    facts = gather(Settings(gpu_memory_fraction=0.25))
    (config,) = computer.tried
    assert (config.engine, config.device, config.compute_type) == ("torch", "cuda", "float16")
    assert config.memory_fraction < 0.25  # CUDA's own is not torch's to spend
    assert facts.works
    assert facts.chosen.device == "cuda"


@pytest.mark.parametrize("cuda", [None, ""])
def test_without_torch_for_it_the_cpu_is_tried(computer: Computer, cuda: str | None) -> None:
    computer.has(card=card(), driver=DRIVER, cuda=cuda)
    facts = gather(Settings())
    assert devices(computer) == ["cpu"]
    assert facts.has_card
    assert facts.on_card is None


def test_a_card_that_fails_is_followed_by_the_cpu(computer: Computer) -> None:
    computer.has(card=card(), driver=DRIVER, cuda="13.0", probe=SEEN, problem="crash")
    facts = gather(Settings())
    assert devices(computer) == ["cuda", "cpu"]
    assert not facts.works


def test_a_full_card_is_left_alone(computer: Computer) -> None:
    computer.has(card=card(15.9), driver=DRIVER, cuda="13.0", probe=SEEN)
    facts = gather(Settings())
    assert devices(computer) == ["cpu"]
    assert facts.room > 0


def test_a_card_without_nvidia_s_library(computer: Computer) -> None:
    computer.has(cuda="13.0", probe=SEEN)
    assert gather(Settings()).has_card
    computer.has(cuda="13.0", probe=BLIND, problem="finds no graphics card")
    facts = gather(Settings())
    assert (facts.has_card, facts.on_card) == (False, None)


@pytest.mark.parametrize(("value", "hidden"), [("", ""), ("-1", "-1"), ("0", None), (None, None)])
def test_hidden(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, value: str | None, hidden: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert gather(Settings()).hidden == hidden


def test_a_driver_that_hangs(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked once, waited for, and not used."""
    forever = threading.Event()

    def hang() -> Any:
        forever.wait(60)

    computer.has(cuda="13.0", probe=SEEN)
    monkeypatch.setattr(module, "_DRIVER_S", 0.05)
    monkeypatch.setattr(module, "find_driver", hang)
    monkeypatch.setattr(choice, "find_cards", hang)
    facts = gather(Settings())
    assert facts.driver == Driver("", problem="no answer for 0.05 s")
    assert devices(computer) == ["cpu"]
    assert (facts.has_card, facts.chosen.device) == (True, "cpu")
    forever.set()


def test_a_model_that_is_not_here_yet(computer: Computer) -> None:
    chosen = gather(Settings(model="medium")).chosen
    assert chosen.model == "base"
    assert chosen.refused == ("MODEL_ABSENT", {"model": "medium"})


def test_a_model_that_nobody_knows(computer: Computer) -> None:
    chosen = gather(Settings(model="huge")).chosen
    assert chosen.model == ""
    assert chosen.refused == ("MODEL_MISSING", {"model": "huge"})
