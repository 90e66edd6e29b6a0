from __future__ import annotations

from typing import Any

import pytest

from tests.support.surroundings import TORCH, card, surroundings
from voice_assistant.choice.choose import choose
from voice_assistant.choice.reasons import why
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.messages import sentences
from voice_assistant.settings import Settings

FOR_CPUS = Installed("2.13.0+cpu", "")

# What the computer has, what is wanted, why there, and why this model.
CASES: list[tuple[str, Surroundings, dict[str, Any], list[str]]] = [
    ("best on a card", surroundings(card(24), torch=TORCH), {}, ["why_best"]),
    ("named", surroundings(card(24), torch=TORCH), {"model": "base"}, ["why_named"]),
    ("no card", surroundings(), {}, ["why_no_card", "why_best"]),
    ("no torch", surroundings(card(24)), {}, ["why_no_torch", "why_best"]),
    ("torch for CPUs", surroundings(card(24), torch=FOR_CPUS), {}, ["why_no_torch", "why_best"]),
    ("full", surroundings(card(24, 24), torch=TORCH), {}, ["why_no_room", "why_best"]),
    (
        "not wanted",
        surroundings(card(24), torch=TORCH),
        {"device": "cpu"},
        ["why_not_wanted", "why_best"],
    ),
    (
        "too slow for a CPU",
        surroundings(checkpoints=["medium"]),
        {},
        ["why_no_card", "why_quick"],
    ),
    ("not here", surroundings(), {"model": "medium"}, ["why_no_card", "why_until"]),
    (
        "to be converted",
        surroundings(checkpoints=["medium"]),
        {"model": "medium"},
        ["why_no_card", "why_converting"],
    ),
    (
        "not here, on a card",
        surroundings(card(24), torch=TORCH),
        {"model_priority": ["medium"]},
        ["why_until"],
    ),
]


@pytest.mark.parametrize(
    ("here", "values", "reasons"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_why(here: Surroundings, values: dict[str, Any], reasons: list[str]) -> None:
    settings = Settings(**values)
    found = why(settings, here, choose(settings, here).configs[0])
    assert found == [f"launcher.{reason}" for reason in reasons]
    assert set(found) <= set(sentences("en"))
