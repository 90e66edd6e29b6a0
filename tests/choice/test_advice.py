from __future__ import annotations

from itertools import permutations

import pytest

from voice_assistant.choice.advice import CARDS_GB, advise, language_model, shortfall
from voice_assistant.choice.fit import COMPUTE_TYPES, need
from voice_assistant.machine.card import Card
from voice_assistant.models.known import MODELS

LISTS = [order for count in (1, 2, 3) for order in permutations(MODELS, count)]


def card(total: int, used: int = 0) -> Card:
    return Card("simulated", total, used, total - used, {})


@pytest.mark.parametrize("fraction", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("priority", LISTS, ids=",".join)
def test_it_is_the_best_that_fits_under_the_cap(priority: tuple[str, ...], fraction: float) -> None:
    for gigabytes in CARDS_GB:
        advice = advise(gigabytes, priority, fraction)
        cap = gigabytes * 10**9 * fraction
        ways = [
            (name, kind)
            for name in priority
            for kind in COMPUTE_TYPES
            if need(MODELS[name], kind) <= cap
        ]
        assert (advice.model, advice.compute_type) == (ways[0] if ways else ("", ""))
        assert advice.taken_mb <= cap / 1e6 + 1
        assert advice.taken_mb + advice.left_mb == pytest.approx(gigabytes * 1000, abs=2)


def test_a_name_that_is_not_known_is_passed_over() -> None:
    assert advise(8, ["nothing", "base"], 0.5).model == "base"


@pytest.mark.parametrize(
    ("free_gb", "billions"), [(0, 0), (1.8, 0), (2.5, 1.5), (6.5, 8), (11, 14), (24, 32), (79, 120)]
)
def test_language_model(free_gb: float, billions: float) -> None:
    assert language_model(free_gb * 1e9) == billions


def test_a_larger_card_never_has_less_room() -> None:
    rows = [advise(gigabytes, ["large-v3-turbo", "medium", "base"], 0.5) for gigabytes in CARDS_GB]
    assert [row.language_model for row in rows] == sorted(row.language_model for row in rows)


def test_shortfall_is_what_makes_it_fit() -> None:
    model = MODELS["large-v3-turbo"]
    least = need(model, "int8")
    lack = shortfall(model, card(8 * 10**9, 7 * 10**9), 0.5)
    assert lack == least - 10**9
    assert shortfall(model, card(8 * 10**9, 7 * 10**9 - lack), 0.5) == 0
    assert shortfall(model, card(2 * 10**9), 0.5) == least - 10**9
