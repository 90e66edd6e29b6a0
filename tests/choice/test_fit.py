from __future__ import annotations

from itertools import permutations, product

import pytest

from voice_assistant.choice.fit import (
    COMPUTE_TYPES,
    Candidate,
    card_to_use,
    fitting,
    limit,
    need,
    shortfall,
    without,
)
from voice_assistant.machine.card import Card
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model
from voice_assistant.speech.config import EngineInfo

MIB = 1 << 20
GB = 1_000_000_000
CONTEXT = 500 * MIB
"""What CUDA itself takes, at most."""

BEST_FIRST = ("large-v3-turbo", "medium", "base")
PRIORITIES = [order for count in (1, 2, 3) for order in permutations(BEST_FIRST, count)]


def card(total: int, used: int = 0) -> Card:
    return Card("simulated", total, used, total - used, {})


SIMULATED = [
    card(round(gigabytes * GB), round(gigabytes * GB * used))
    for gigabytes, used in product(
        (2, 3, 4, 6, 8, 10, 12, 16, 24, 32, 48, 80), (0, 0.1, 0.3, 0.45, 0.55, 0.7, 0.9, 0.99, 1)
    )
]


def models(*names: str) -> list[Model]:
    return [built_in()[name] for name in names]


def fits(name: str, compute_type: str, simulated: Card, fraction: float) -> bool:
    """Whether a model keeps the promise and finds room, counted from its data."""
    model = built_in()[name]
    needed = (model.weights_mib[compute_type] + model.working_mib) * MIB + CONTEXT
    return needed <= simulated.total * fraction and needed <= simulated.free


@pytest.mark.parametrize("fraction", [0.1, 0.25, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("names", PRIORITIES, ids=",".join)
def test_it_is_the_best_that_fits_and_never_more(names: tuple[str, ...], fraction: float) -> None:
    for simulated in SIMULATED:
        found, refused = fitting(models(*names), COMPUTE_TYPES, simulated, fraction)
        assert [(each.model.name, each.compute_type) for each in found] == [
            (name, compute_type)
            for name in names
            for compute_type in ("float16", "int8")
            if fits(name, compute_type, simulated, fraction)
        ]
        for each in found:
            taken = each.memory_fraction * simulated.total + CONTEXT
            assert need(each.model, each.compute_type) <= taken + 1
            assert taken <= simulated.total * fraction + 1
            assert taken <= simulated.free + 1
            assert each.device == "cuda"
        first_fits = any(fits(names[0], kind, simulated, fraction) for kind in COMPUTE_TYPES)
        assert (refused is None) is first_fits


@pytest.mark.parametrize(
    ("gigabytes", "expected"),
    [
        (1, None),
        (2, ("base", "float16")),
        (4, ("large-v3-turbo", "int8")),
        (6, ("large-v3-turbo", "float16")),
        (80, ("large-v3-turbo", "float16")),
    ],
)
def test_half_of_a_card(gigabytes: int, expected: tuple[str, str] | None) -> None:
    found, _ = fitting(models(*BEST_FIRST), COMPUTE_TYPES, card(gigabytes * GB), 0.5)
    best = (found[0].model.name, found[0].compute_type) if found else None
    assert best == expected


def test_only_the_wanted_compute_types() -> None:
    found, _ = fitting(models("medium", "base"), ["float32"], card(24 * GB), 0.5)
    assert [(each.model.name, each.compute_type) for each in found] == [
        ("medium", "float32"),
        ("base", "float32"),
    ]
    found, refused = fitting(models("medium"), ["float32"], card(6 * GB), 0.5)
    assert found == []
    assert refused is not None


def test_a_refusal_says_how_much_is_missing() -> None:
    found, refused = fitting(models(*BEST_FIRST), COMPUTE_TYPES, card(8 * GB, 7 * GB), 0.5)
    assert [each.model.name for each in found] == ["base", "base"]
    assert refused is not None
    needed = (776 + 138 + 500) * MIB / 1e6
    assert (refused.code, refused.params) == (
        "OUT_OF_MEMORY",
        {"model": "large-v3-turbo", "detail": f"{needed:.0f} MB > 1000 MB"},
    )


def test_what_may_be_taken_is_the_share_or_what_others_left() -> None:
    assert limit(card(8 * GB), 0.5) == 4 * GB
    assert limit(card(8 * GB, 3 * GB), 0.5) == 4 * GB
    assert limit(card(8 * GB, 6 * GB), 0.5) == 2 * GB


def ours(compute_type: str, device: str = "cuda") -> EngineInfo:
    return EngineInfo("torch", "base", device, compute_type, pid=7, load_s=1)


def test_what_is_not_on_the_card_takes_nothing_of_it() -> None:
    taken = Card("simulated", 8 * GB, 7 * GB, GB, {7: 2 * GB})
    assert (
        without(taken, None, built_in())
        == without(taken, ours("float32", "cpu"), built_in())
        == taken
    )


def test_what_a_model_of_ours_takes_is_not_lost_to_the_next_one() -> None:
    taken = Card("simulated", 8 * GB, 7 * GB, GB, {7: 2 * GB, 8: 5 * GB})
    assert without(taken, ours("float16"), built_in()) == Card(
        "simulated", 8 * GB, 5 * GB, 3 * GB, taken.by_process
    )


def test_where_the_driver_does_not_say_it_is_what_the_model_needs() -> None:
    taken = Card("simulated", 8 * GB, 7 * GB, GB, {7: 0})
    free = GB + need(built_in()["base"], "int8")
    assert without(taken, ours("int8"), built_in()).free == free
    # Its peak may be more than what it takes at the moment.
    assert without(card(GB, 1000), ours("int8"), built_in()).free == GB


def test_a_processor_has_no_share() -> None:
    assert Candidate(built_in()["base"], "cpu", "int8").memory_fraction == 1.0


def test_shortfall_is_what_makes_it_fit() -> None:
    model = built_in()["large-v3-turbo"]
    least = need(model, "int8")
    lack = shortfall(model, card(8 * 10**9, 7 * 10**9), 0.5)
    assert lack == least - 10**9
    assert shortfall(model, card(8 * 10**9, 7 * 10**9 - lack), 0.5) == 0
    assert shortfall(model, card(2 * 10**9), 0.5) == least - 10**9


def test_the_card_to_use_is_the_first() -> None:
    assert card_to_use([]) is None
    assert card_to_use([card(8 * GB), card(24 * GB)]) == card(8 * GB)
