from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import pytest

from voice_assistant.choice import recommend as recommend_module
from voice_assistant.choice.fit import COMPUTE_TYPES, Candidate
from voice_assistant.choice.recommend import names_for_cpu, recommend
from voice_assistant.machine.card import Card
from voice_assistant.models.known import BUILT_IN, MODELS

MIB = 1 << 20
GB = 1_000_000_000
CONTEXT = 500 * MIB
"""What CUDA itself takes, at most."""

PRIORITIES = [order for count in range(1, 6) for order in permutations(BUILT_IN, count)]
STOPGAP = Candidate("base", "cpu", "int8")
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
    model = MODELS[name]
    needed = (model.weights_mib[compute_type] + model.working_mib) * MIB + CONTEXT
    return needed <= simulated.total * fraction and needed <= simulated.free


@pytest.mark.parametrize("fraction", [0.25, 0.5, 1.0])
def test_never_over_the_cap_and_never_worse_than_the_best_that_fits(fraction: float) -> None:
    for simulated in SIMULATED:
        room = {
            (name, kind): fits(name, kind, simulated, fraction)
            for name, kind in product(BUILT_IN, COMPUTE_TYPES)
        }
        for names in PRIORITIES:
            ways = ((name, kind) for name in names for kind in ("float16", "int8"))
            best = next((way for way in ways if room[way]), None)
            found = recommend(names, simulated, fraction)
            assert found is not None
            if best is None:
                assert found.device == "cpu"
            else:
                assert (found.model, found.compute_type, found.device) == (*best, "cuda")
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
    found = recommend(DEFAULT, card(gigabytes), 0.5)
    assert found is not None
    assert (found.model, found.compute_type) == expected


def test_only_the_wanted_compute_type() -> None:
    found = recommend(DEFAULT, card(4), 0.5, ["float16"])
    assert found is not None
    assert (found.model, found.compute_type) == ("base", "float16")


@pytest.mark.parametrize("simulated", [None, card(8, 1)])
@pytest.mark.parametrize(
    ("base_look_s", "expected"),
    [(0, "base"), (0.05, "small"), (0.116, "small"), (0.117, "base"), (3, "base")],
)
def test_a_processor_is_asked_for_small_only_where_it_is_quick_enough(
    simulated: Card | None, base_look_s: float, expected: str
) -> None:
    found = recommend(DEFAULT, simulated, 0.5, base_look_s=base_look_s)
    assert found == Candidate(expected, "cpu", "int8")


def test_no_processor_is_asked_for_more_than_it_can_do_in_time() -> None:
    for names in PRIORITIES:
        for base_look_s in (0, 0.001, 0.1, 1.0):
            found = recommend(names, None, 0.5, base_look_s=base_look_s)
            assert found is not None
            if len(names) > 1:
                assert found.model in ("small", "base")
                if found.model == "small":
                    assert 0 < MODELS["small"].cpu_cost * base_look_s <= 0.36
            else:
                assert found.model == names[0]


def test_a_list_of_large_models_leaves_a_processor_with_the_stopgap() -> None:
    assert recommend(["large-v3", "medium"], None, 0.5, base_look_s=0.001) == STOPGAP


def test_the_list_decides_whether_base_comes_before_small() -> None:
    assert recommend(["base", "small"], None, 0.5, base_look_s=0.001) == STOPGAP


def test_a_model_that_is_wanted_by_name_is_run_whatever_it_takes() -> None:
    assert recommend(["large-v3"], None, 0.5) == Candidate("large-v3", "cpu", "int8")
    assert recommend(["large-v3"], card(4), 0.5) == Candidate("large-v3", "cpu", "int8")


def test_an_own_model_that_costs_no_more_than_base(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {**BUILT_IN, "mine": replace(BUILT_IN["base"], name="mine")}
    monkeypatch.setattr(recommend_module, "MODELS", own)
    assert recommend(["medium", "mine", "base"], None, 0.5) == Candidate("mine", "cpu", "int8")


def test_unknown_names_are_passed_over() -> None:
    assert recommend(["nobody"], card(80), 0.5) is None
    assert recommend([], None, 0.5) is None
    found = recommend(["nobody", "medium", "base"], card(80), 0.5)
    assert found is not None
    assert found.model == "medium"


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
    assert names_for_cpu(names) == expected
