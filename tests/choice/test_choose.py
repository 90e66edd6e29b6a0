from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.app import MakeSettings
from tests.support.surroundings import TORCH, card, surroundings
from voice_assistant.choice.choose import choose
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.errors import ModelError
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.models.known import built_in
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig, EngineInfo

BARE = surroundings()
"""A computer with nothing but the packages."""


def with_card(gigabytes: float, used: float = 0, *checkpoints: str, **has: Any) -> Surroundings:
    """One with a card and torch for it."""
    return surroundings(card(gigabytes, used), checkpoints=checkpoints, **{"torch": TORCH, **has})


@pytest.fixture
def settings(make_settings: MakeSettings) -> MakeSettings:
    """Settings with the default engine."""
    return lambda **values: make_settings(**{"engine": "auto", **values})


def ways(settings: Settings, here: Surroundings) -> list[tuple[str, str, str, str]]:
    return [way(config) for config in choose(settings, here).configs]


def way(config: EngineConfig) -> tuple[str, str, str, str]:
    return config.engine, config.model.name, config.device, config.compute_type


def refusal(settings: Settings, here: Surroundings) -> tuple[str, dict[str, str | float]]:
    with pytest.raises(ModelError) as caught:
        choose(settings, here)
    return caught.value.code, caught.value.params


CPU = ("ctranslate2", "base", "cpu", "int8")


def test_without_a_card_it_is_the_processor(settings: MakeSettings) -> None:
    here = surroundings(checkpoints=["medium"])
    assert ways(settings(), here) == [CPU]
    assert choose(settings(), here).refused is None


def test_a_torch_for_processors_is_none_for_a_card(settings: MakeSettings) -> None:
    assert ways(settings(), with_card(24, torch=Installed("2.13.0+cpu", ""))) == [CPU]


def test_a_card_without_torch_is_none(settings: MakeSettings) -> None:
    assert ways(settings(), with_card(24, torch=None)) == [CPU]


@pytest.mark.parametrize(
    ("here", "missing"),
    [
        (surroundings(torch=TORCH), "NVIDIA driver"),
        (BARE, "NVIDIA driver"),
        (with_card(24, torch=None), "torch"),
    ],
)
def test_a_card_that_is_wanted_and_missing(
    settings: MakeSettings, here: Surroundings, missing: str
) -> None:
    assert refusal(settings(device="cuda"), here) == ("GPU_MISSING", {"detail": missing})


def test_a_card_runs_the_checkpoints_and_the_processor_is_the_last_resort(
    settings: MakeSettings,
) -> None:
    here = with_card(24, 0, "medium", "large-v3-turbo")
    assert ways(settings(), here) == [
        ("torch", "large-v3-turbo", "cuda", "float16"),
        ("torch", "large-v3-turbo", "cuda", "int8"),
        ("torch", "medium", "cuda", "float16"),
        ("torch", "medium", "cuda", "int8"),
        ("torch", "base", "cuda", "float16"),
        ("torch", "base", "cuda", "int8"),
        CPU,
    ]
    assert choose(settings(), here).refused is None


def test_a_checkpoint_that_is_not_here_is_no_candidate(settings: MakeSettings) -> None:
    models = {model for _, model, _, _ in ways(settings(), with_card(24))}
    assert models == {"base"}


def test_what_does_not_fit_is_refused_and_the_next_is_taken(settings: MakeSettings) -> None:
    found = choose(settings(), with_card(24, 23, "large-v3-turbo"))
    assert way(found.configs[0]) == ("torch", "base", "cuda", "float16")
    assert found.refused is not None
    assert (found.refused.code, found.refused.params["model"]) == (
        "OUT_OF_MEMORY",
        "large-v3-turbo",
    )


def test_what_is_loaded_goes_before_the_next_one_comes(settings: MakeSettings) -> None:
    chosen, here = settings(), with_card(8, 6.2, "large-v3-turbo")
    present = EngineInfo("torch", "base", "cuda", "float16", pid=7, load_s=1)
    # 1.8 GB are free, and base's 0.8 GB will be.
    assert way(choose(chosen, here).configs[0])[1:] == ("large-v3-turbo", "cuda", "int8")
    assert way(choose(chosen, here, present).configs[0])[1:] == (
        "large-v3-turbo",
        "cuda",
        "float16",
    )
    elsewhere = EngineInfo("ctranslate2", "base", "cpu", "int8", pid=7, load_s=1)
    assert choose(chosen, here, elsewhere) == choose(chosen, here)


def test_where_nothing_fits_the_processor_does_it(settings: MakeSettings) -> None:
    found = choose(settings(), with_card(24, used=24))
    assert [way(config) for config in found.configs] == [CPU]
    assert found.refused is not None


def test_where_nothing_fits_and_a_card_is_wanted(settings: MakeSettings) -> None:
    code, params = refusal(settings(device="cuda"), with_card(24, used=24))
    assert (code, params["model"]) == ("OUT_OF_MEMORY", "base")


def test_a_card_that_is_wanted_is_all_there_is(settings: MakeSettings) -> None:
    devices = {device for _, _, device, _ in ways(settings(device="cuda"), with_card(24))}
    assert devices == {"cuda"}


@pytest.mark.parametrize("values", [{"device": "cpu"}, {"engine": "ctranslate2"}])
def test_a_card_that_is_not_wanted(settings: MakeSettings, values: dict[str, str]) -> None:
    assert ways(settings(**values), with_card(24)) == [CPU]


def test_torch_runs_checkpoints_on_the_processor_too(settings: MakeSettings) -> None:
    assert ways(settings(engine="torch"), surroundings(checkpoints=["medium"])) == [
        ("torch", "medium", "cpu", "float32"),
        ("torch", "base", "cpu", "float32"),
    ]


def test_the_compute_type_that_is_wanted(settings: MakeSettings) -> None:
    kinds = [kind for _, _, _, kind in ways(settings(compute_type="int8"), with_card(24))]
    assert kinds == ["int8", "int8"]


def test_names_that_nobody_knows(settings: MakeSettings) -> None:
    assert refusal(settings(model="huge"), BARE) == ("MODEL_MISSING", {"model": "huge"})
    both = settings(model_priority=["huge", "vast"])
    assert refusal(both, BARE) == ("MODEL_MISSING", {"model": "huge, vast"})


def test_base_serves_until_the_wanted_model_is_here(settings: MakeSettings) -> None:
    chosen = choose(settings(model="medium"), BARE)
    assert [way(config) for config in chosen.configs] == [CPU]
    assert chosen.refused is not None
    assert (chosen.refused.code, chosen.refused.params) == ("MODEL_ABSENT", {"model": "medium"})
    # What merely comes first in the list is offered, and nothing is wrong meanwhile.
    chosen = choose(settings(model_priority=["large-v3", "medium"]), BARE)
    assert [way(config) for config in chosen.configs] == [CPU]
    assert chosen.refused is None


def test_the_model_that_is_wanted_comes_first(settings: MakeSettings) -> None:
    chosen = settings(model="medium", device="cuda")
    found = ways(chosen, with_card(24, 0, "medium", "large-v3-turbo"))
    assert [model for _, model, _, _ in found] == ["medium", "medium", "base", "base"]


def test_the_settings_go_along(settings: MakeSettings) -> None:
    values = {"gpu_memory_fraction": 0.4, "cpu_threads": 3, "max_audio_s": 77}
    chosen = settings(script="traditional", **values)
    on_card, *_, on_cpu = choose(chosen, with_card(10)).configs
    for config in (on_card, on_cpu):
        assert config.model_dir == chosen.model_dir
        assert (config.threads, config.max_audio_s, config.script) == (3, 77, "traditional")
    assert 0 < on_card.memory_fraction < 0.4
    assert on_cpu.memory_fraction == 1.0


def test_half_precision_is_for_cards_only(settings: MakeSettings) -> None:
    has_torch = surroundings(torch=TORCH)
    assert ways(settings(compute_type="float16"), has_torch) == [CPU]
    (found,) = ways(settings(compute_type="float32"), has_torch)
    assert found == ("ctranslate2", "base", "cpu", "float32")


def test_a_checkpoint_is_not_for_the_processor_but_where_torch_is_wanted(
    settings: MakeSettings,
) -> None:
    here = surroundings(torch=TORCH, checkpoints=["medium"])
    assert ways(settings(model="medium"), here) == [CPU]
    chosen = settings(model="medium", engine="torch")
    assert ways(chosen, here)[0] == ("torch", "medium", "cpu", "float32")


def test_without_any_form_for_ctranslate2_torch_does_it(settings: MakeSettings) -> None:
    """Packages have base; somebody may have taken them out."""
    bare = {name: replace(model, files=()) for name, model in built_in().items()}
    here = surroundings(torch=TORCH, models=bare, checkpoints=["base"])
    assert ways(settings(), here) == [("torch", "base", "cpu", "float32")]


def test_where_nothing_is_here_at_all_nothing_can_be_loaded(settings: MakeSettings) -> None:
    bare = {name: replace(model, files=()) for name, model in built_in().items()}
    code, params = refusal(settings(model="base"), surroundings(models=bare))
    assert (code, params) == ("MODEL_MISSING", {"model": "base"})


def test_only_the_first_of_two_cards_is_used(settings: MakeSettings) -> None:
    here = surroundings(card(24, used=24), card(24), torch=TORCH)
    assert ways(settings(), here) == [CPU]
