from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.surroundings import TORCH, card, surroundings
from voice_assistant.choice.chooser import Chooser
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.errors import ModelError
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineInfo

ROOMY = surroundings(card(24), torch=TORCH)
FULL = surroundings(card(24, used=24), torch=TORCH)
PRESENT = EngineInfo("torch", "base", "cuda", "float16", pid=7, load_s=1)


class Computer:
    """Has one thing after the other, and counts how often it was looked at."""

    def __init__(self, *states: Surroundings) -> None:
        self._states = list(states)
        self.looks = 0

    def __call__(self, settings: Settings, models: Mapping[str, Model]) -> Surroundings:
        self.looks += 1
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]


def device(chooser: Chooser, present: EngineInfo | None = None) -> str:
    return chooser.next(present).configs[0].device


def test_at_a_start_one_look_and_one_choice_are_shared() -> None:
    computer = Computer(ROOMY, FULL)
    chooser = Chooser(Settings(), computer)
    told = chooser.first()
    assert told.here == ROOMY
    assert chooser.next() is told.choice
    assert chooser.first() is told
    assert computer.looks == 1


def test_each_later_start_looks_again() -> None:
    computer = Computer(ROOMY, FULL, ROOMY)
    chooser = Chooser(Settings(), computer)
    assert [device(chooser) for _ in range(3)] == ["cuda", "cpu", "cuda"]
    assert computer.looks == 3


def test_what_is_loaded_counts_as_gone_from_the_second_start_on() -> None:
    chooser = Chooser(Settings(), Computer(ROOMY, FULL))
    assert device(chooser) == "cuda"
    assert device(chooser, PRESENT) == "cuda"
    assert device(chooser) == "cpu"


def test_whoever_asks_while_the_driver_sleeps_waits_for_the_same_answer() -> None:
    awake, began = threading.Event(), threading.Event()
    looks: list[Surroundings] = []

    def look(*_: object) -> Surroundings:
        began.set()
        assert awake.wait(60)
        looks.append(ROOMY)
        return ROOMY

    chooser = Chooser(Settings(), look)
    with ThreadPoolExecutor(2) as pool:
        written = pool.submit(chooser.first)
        assert began.wait(60)
        loaded = pool.submit(chooser.next)
        awake.set()
        assert loaded.result(60) is written.result(60).choice
    assert looks == [ROOMY]


def test_why_nothing_can_be_loaded_is_told_and_raised() -> None:
    chooser = Chooser(Settings(model="huge"), Computer(ROOMY))
    told = chooser.first().choice
    assert isinstance(told, ModelError)
    assert (told.code, told.params) == ("MODEL_MISSING", {"model": "huge"})
    with pytest.raises(ModelError) as caught:
        chooser.next()
    assert caught.value is told


def test_a_look_that_fails_is_no_first_choice() -> None:
    states: list[Surroundings] = []

    def look(*_: object) -> Surroundings:
        if not states:
            states.append(ROOMY)
            raise OSError("the driver has crashed")
        return ROOMY

    chooser = Chooser(Settings(), look)
    with pytest.raises(OSError, match="crashed"):
        chooser.first()
    assert device(chooser) == "cuda"
