from __future__ import annotations

from itertools import permutations

import pytest

from voice_assistant.choice.advice import CARDS_GB, advise, language_model
from voice_assistant.choice.fit import COMPUTE_TYPES, need
from voice_assistant.models.known import built_in

LISTS = [order for count in (1, 2, 3) for order in permutations(built_in(), count)]


@pytest.mark.parametrize("fraction", [0.25, 0.5, 1.0])
@pytest.mark.parametrize("priority", LISTS, ids=",".join)
def test_it_is_the_best_that_fits_under_the_cap(priority: tuple[str, ...], fraction: float) -> None:
    for gigabytes in CARDS_GB:
        advice = advise(gigabytes, priority, built_in(), fraction)
        cap = gigabytes * 10**9 * fraction
        ways = [
            (name, kind)
            for name in priority
            for kind in COMPUTE_TYPES
            if need(built_in()[name], kind) <= cap
        ]
        assert (advice.model, advice.compute_type) == (ways[0] if ways else ("", ""))
        assert advice.taken_mb <= cap / 1e6 + 1
        assert advice.taken_mb + advice.left_mb == pytest.approx(gigabytes * 1000, abs=2)


def test_a_name_that_is_not_known_is_passed_over() -> None:
    assert advise(8, ["nothing", "base"], built_in(), 0.5).model == "base"


def test_names_of_which_none_is_known_leave_all_of_the_card() -> None:
    advice = advise(8, ["nothing"], built_in(), 0.5)
    assert (advice.model, advice.taken_mb, advice.left_mb) == ("", 0, 8000)


@pytest.mark.parametrize(
    ("free_gb", "billions"), [(0, 0), (1.8, 0), (2.5, 1.5), (6.5, 8), (11, 14), (24, 32), (79, 120)]
)
def test_language_model(free_gb: float, billions: float) -> None:
    assert language_model(free_gb * 1e9) == billions


def test_a_larger_card_never_has_less_room() -> None:
    names = ["large-v3-turbo", "medium", "base"]
    rows = [advise(gigabytes, names, built_in(), 0.5) for gigabytes in CARDS_GB]
    assert [row.language_model for row in rows] == sorted(row.language_model for row in rows)
