from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import pytest

from voice_assistant.choice.fit import COMPUTE_TYPES, Candidate
from voice_assistant.choice.recommend import names_for_cpu, recommend
from voice_assistant.machine.card import Card
from voice_assistant.models.known import built_in

MIB = 1 << 20
GB = 1_000_000_000
CONTEXT = 500 * MIB
"""What CUDA itself takes, at most."""

PRIORITIES = [order for count in range(1, 6) for order in permutations(built_in(), count)]
STOPGAP = Candidate(built_in()["base"], "cpu", "int8")
DEFAULT = ("large-v3-turbo", "medium", "base")


def card(gigabytes: float, used: float = 0) -> Card:
    total = round(gigabytes * GB)
    taken = round(total * used)
    return Card("simulated", total, taken, total - taken, {})


SIMULATED = [
    card(gigabytes, used)
    for gigabytes, used in product(
        (2, 3, 4, 6, 8, 10, 11, 12, 16, 20, 24, 32, 40, 48, 80), (0, 0.2, 0.5, 0.7, 0.9, 0.98, 1)
    )
]


def fits(name: str, compute_type: str, simulated: Card, fraction: float) -> bool:
    """Whether a model keeps the promise and finds room, counted from its data."""
    model = built_in()[name]
    needed = (model.weights_mib[compute_type] + model.working_mib) * MIB + CONTEXT
    return needed <= simulated.total * fraction and needed <= simulated.free


@pytest.mark.parametrize("fraction", [0.25, 0.5, 1.0])
def test_never_over_the_cap_and_never_worse_than_the_best_that_fits(fraction: float) -> None:
    for simulated in SIMULATED:
        room = {
            (name, kind): fits(name, kind, simulated, fraction)
            for name, kind in product(built_in(), COMPUTE_TYPES)
        }
        for names in PRIORITIES:
            ways = ((name, kind) for name in names for kind in ("float16", "int8"))
            best = next((way for way in ways if room[way]), None)
            found = recommend(names, built_in(), simulated, fraction)
            assert found is not None
            if best is None:
                assert found.device == "cpu"
            else:
                assert (found.model.name, found.compute_type, found.device) == (*best, "cuda")
                taken = found.memory_fraction * simulated.total + CONTEXT
                assert taken <= min(simulated.total * fraction, simulated.free) + 1


@pytest.mark.parametrize(
    ("gigabytes", "expected"),
    [
        (2, ("base", "float16")),
        (4, ("large-v3-turbo", "int8")),
        (8, ("large-v3-turbo", "float16")),
        (80, ("large-v3-turbo", "float16")),
    ],
)
def test_half_of_a_card(gigabytes: float, expected: tuple[str, str]) -> None:
    found = recommend(DEFAULT, built_in(), card(gigabytes), 0.5)
    assert found is not None
    assert (found.model.name, found.compute_type) == expected


def test_only_the_wanted_compute_type() -> None:
    found = recommend(DEFAULT, built_in(), card(4), 0.5, compute_types=["float16"])
    assert found is not None
    assert (found.model.name, found.compute_type) == ("base", "float16")


@pytest.mark.parametrize("simulated", [None, card(8, 1)])
@pytest.mark.parametrize(
    ("base_pass_s", "expected"),
    [(0, "base"), (0.05, "small"), (0.116, "small"), (0.117, "base"), (3, "base")],
)
def test_a_processor_is_asked_for_small_only_where_it_is_quick_enough(
    simulated: Card | None, base_pass_s: float, expected: str
) -> None:
    found = recommend(DEFAULT, built_in(), simulated, 0.5, base_pass_s=base_pass_s)
    assert found == Candidate(built_in()[expected], "cpu", "int8")


def test_no_processor_is_asked_for_more_than_it_can_do_in_time() -> None:
    for names in PRIORITIES:
        for base_pass_s in (0, 0.001, 0.1, 1.0):
            found = recommend(names, built_in(), None, 0.5, base_pass_s=base_pass_s)
            assert found is not None
            if len(names) > 1:
                assert found.model.name in ("small", "base")
                if found.model.name == "small":
                    assert 0 < built_in()["small"].cpu_cost * base_pass_s <= 0.36
            else:
                assert found.model.name == names[0]


def test_a_list_of_large_models_leaves_a_processor_with_the_stopgap() -> None:
    assert recommend(["large-v3", "medium"], built_in(), None, 0.5, base_pass_s=0.001) == STOPGAP


def test_the_list_decides_whether_base_comes_before_small() -> None:
    assert recommend(["base", "small"], built_in(), None, 0.5, base_pass_s=0.001) == STOPGAP


def test_a_model_that_is_wanted_by_name_is_run_whatever_it_takes() -> None:
    assert recommend(["large-v3"], built_in(), None, 0.5) == Candidate(
        built_in()["large-v3"], "cpu", "int8"
    )
    assert recommend(["large-v3"], built_in(), card(4), 0.5) == Candidate(
        built_in()["large-v3"], "cpu", "int8"
    )


def test_an_own_model_that_costs_no_more_than_base() -> None:
    mine = replace(built_in()["base"], name="mine")
    models = {**built_in(), "mine": mine}
    found = recommend(["medium", "mine", "base"], models, None, 0.5)
    assert found == Candidate(mine, "cpu", "int8")


def test_unknown_names_are_passed_over() -> None:
    assert recommend(["nobody"], built_in(), card(80), 0.5) is None
    assert recommend([], built_in(), None, 0.5) is None
    found = recommend(["nobody", "medium", "base"], built_in(), card(80), 0.5)
    assert found is not None
    assert found.model.name == "medium"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (DEFAULT, ["small", "base"]),
        (["small", "base"], ["small", "base"]),
        (["base", "small"], ["base", "small"]),
        (["large-v3", "medium"], []),
        (["nobody", "small"], ["small"]),
    ],
)
def test_names_for_a_processor(names: list[str], expected: list[str]) -> None:
    assert names_for_cpu(names, built_in()) == expected
