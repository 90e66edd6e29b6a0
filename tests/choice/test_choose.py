from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.app import MakeSettings
from voice_assistant.choice import choose as choice
from voice_assistant.choice.choose import choose
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig, EngineInfo

GB = 1_000_000_000

HasCard = Callable[..., None]


@pytest.fixture(autouse=True)
def has_card(monkeypatch: pytest.MonkeyPatch) -> HasCard:
    """Says what this computer has; nothing, until it is called."""

    def computer(gigabytes: float = 0, used: float = 0, *, torch: bool = True) -> None:
        total, taken = round(gigabytes * GB), round(used * GB)
        cards = [Card("simulated", total, taken, total - taken, {})] if total else []
        monkeypatch.setattr(choice, "find_cards", lambda: cards)
        installed = Installed("2.13.0", "13.0") if torch else None
        monkeypatch.setattr(choice, "find_installed", lambda: installed)

    computer(torch=False)
    return computer


@pytest.fixture
def settings(make_settings: MakeSettings) -> MakeSettings:
    """Settings with the default engine."""
    return lambda **values: make_settings(**{"engine": "auto", **values})


def keep(settings: Settings, *names: str) -> None:
    """Have these checkpoints where models are kept."""
    settings.model_dir.mkdir(exist_ok=True)
    for name in names:
        (settings.model_dir / f"{name}.pt").touch()


def ways(settings: Settings) -> list[tuple[str, str, str, str]]:
    return [way(config) for config in choose(settings).configs]


def way(config: EngineConfig) -> tuple[str, str, str, str]:
    return config.engine, config.model, config.device, config.compute_type


def refusal(settings: Settings) -> tuple[str, dict[str, str | float]]:
    with pytest.raises(ModelError) as caught:
        choose(settings)
    return caught.value.code, caught.value.params


CPU = ("ctranslate2", "base", "cpu", "int8")


def test_without_a_card_it_is_the_processor(settings: MakeSettings) -> None:
    chosen = settings()
    keep(chosen, "medium")
    assert ways(chosen) == [CPU]
    assert choose(chosen).refused is None


def test_a_torch_for_processors_is_none_for_a_card(
    settings: MakeSettings, has_card: HasCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_card(24)
    monkeypatch.setattr(choice, "find_installed", lambda: Installed("2.13.0+cpu", ""))
    assert ways(settings()) == [CPU]


def test_a_card_without_torch_is_none(settings: MakeSettings, has_card: HasCard) -> None:
    has_card(24, torch=False)
    assert ways(settings()) == [CPU]


@pytest.mark.parametrize(
    ("gigabytes", "torch", "missing"),
    [(0, True, "NVIDIA driver"), (0, False, "NVIDIA driver"), (24, False, "torch")],
)
def test_a_card_that_is_wanted_and_missing(
    settings: MakeSettings, has_card: HasCard, gigabytes: float, torch: bool, missing: str
) -> None:
    has_card(gigabytes, torch=torch)
    assert refusal(settings(device="cuda")) == ("GPU_MISSING", {"detail": missing})


def test_a_card_runs_the_checkpoints_and_the_processor_is_the_last_resort(
    settings: MakeSettings, has_card: HasCard
) -> None:
    has_card(24)
    chosen = settings()
    keep(chosen, "medium", "large-v3-turbo")
    assert ways(chosen) == [
        ("torch", "large-v3-turbo", "cuda", "float16"),
        ("torch", "large-v3-turbo", "cuda", "int8"),
        ("torch", "medium", "cuda", "float16"),
        ("torch", "medium", "cuda", "int8"),
        ("torch", "base", "cuda", "float16"),
        ("torch", "base", "cuda", "int8"),
        CPU,
    ]
    assert choose(chosen).refused is None


def test_a_checkpoint_that_is_not_here_is_no_candidate(
    settings: MakeSettings, has_card: HasCard
) -> None:
    has_card(24)
    models = {model for _, model, _, _ in ways(settings())}
    assert models == {"base"}


def test_what_does_not_fit_is_refused_and_the_next_is_taken(
    settings: MakeSettings, has_card: HasCard
) -> None:
    has_card(24, used=23)
    chosen = settings()
    keep(chosen, "large-v3-turbo")
    found = choose(chosen)
    assert way(found.configs[0]) == ("torch", "base", "cuda", "float16")
    assert found.refused is not None
    assert (found.refused.code, found.refused.params["model"]) == (
        "OUT_OF_MEMORY",
        "large-v3-turbo",
    )


def test_what_is_loaded_goes_before_the_next_one_comes(
    settings: MakeSettings, has_card: HasCard
) -> None:
    has_card(8, used=6.2)
    chosen = settings()
    keep(chosen, "large-v3-turbo")
    present = EngineInfo("torch", "base", "cuda", "float16", pid=7, load_s=1)
    # 1.8 GB are free, and base's 0.8 GB will be.
    assert way(choose(chosen).configs[0])[1:] == ("large-v3-turbo", "cuda", "int8")
    assert way(choose(chosen, present).configs[0])[1:] == ("large-v3-turbo", "cuda", "float16")
    elsewhere = EngineInfo("ctranslate2", "base", "cpu", "int8", pid=7, load_s=1)
    assert choose(chosen, elsewhere) == choose(chosen)


def test_where_nothing_fits_the_processor_does_it(
    settings: MakeSettings, has_card: HasCard
) -> None:
    has_card(24, used=24)
    found = choose(settings())
    assert [way(config) for config in found.configs] == [CPU]
    assert found.refused is not None


def test_where_nothing_fits_and_a_card_is_wanted(settings: MakeSettings, has_card: HasCard) -> None:
    has_card(24, used=24)
    code, params = refusal(settings(device="cuda"))
    assert (code, params["model"]) == ("OUT_OF_MEMORY", "base")


def test_a_card_that_is_wanted_is_all_there_is(settings: MakeSettings, has_card: HasCard) -> None:
    has_card(24)
    devices = {device for _, _, device, _ in ways(settings(device="cuda"))}
    assert devices == {"cuda"}


@pytest.mark.parametrize("values", [{"device": "cpu"}, {"engine": "ctranslate2"}])
def test_a_card_that_is_not_wanted(
    settings: MakeSettings, has_card: HasCard, values: dict[str, str]
) -> None:
    has_card(24)
    assert ways(settings(**values)) == [CPU]


def test_torch_runs_checkpoints_on_the_processor_too(settings: MakeSettings) -> None:
    chosen = settings(engine="torch")
    keep(chosen, "medium")
    assert ways(chosen) == [
        ("torch", "medium", "cpu", "float32"),
        ("torch", "base", "cpu", "float32"),
    ]


def test_the_compute_type_that_is_wanted(settings: MakeSettings, has_card: HasCard) -> None:
    has_card(24)
    kinds = [kind for _, _, _, kind in ways(settings(compute_type="int8"))]
    assert kinds == ["int8", "int8"]


def test_names_that_nobody_knows(settings: MakeSettings) -> None:
    assert refusal(settings(model="huge")) == ("MODEL_MISSING", {"model": "huge"})
    priority = ["huge", "vast"]
    assert refusal(settings(model_priority=priority)) == ("MODEL_MISSING", {"model": "huge, vast"})


def test_base_serves_until_the_wanted_model_is_here(settings: MakeSettings) -> None:
    chosen = choose(settings(model="medium"))
    assert [way(config) for config in chosen.configs] == [CPU]
    assert chosen.refused is not None
    assert (chosen.refused.code, chosen.refused.params) == ("MODEL_ABSENT", {"model": "medium"})
    # What merely comes first in the list is offered, and nothing is wrong meanwhile.
    chosen = choose(settings(model_priority=["large-v3", "medium"]))
    assert [way(config) for config in chosen.configs] == [CPU]
    assert chosen.refused is None


def test_the_model_that_is_wanted_comes_first(settings: MakeSettings, has_card: HasCard) -> None:
    has_card(24)
    chosen = settings(model="medium", device="cuda")
    keep(chosen, "medium", "large-v3-turbo")
    assert [model for _, model, _, _ in ways(chosen)] == ["medium", "medium", "base", "base"]


def test_the_settings_go_along(settings: MakeSettings, has_card: HasCard) -> None:
    has_card(10)
    values = {"gpu_memory_fraction": 0.4, "cpu_threads": 3, "max_audio_s": 77}
    chosen = settings(script="traditional", **values)
    on_card, *_, on_cpu = choose(chosen).configs
    for config in (on_card, on_cpu):
        assert config.model_dir == chosen.model_dir
        assert (config.threads, config.max_audio_s, config.script) == (3, 77, "traditional")
    assert 0 < on_card.memory_fraction < 0.4
    assert on_cpu.memory_fraction == 1.0


def test_half_precision_is_for_cards_only(settings: MakeSettings, has_card: HasCard) -> None:
    has_card()
    assert ways(settings(compute_type="float16")) == [CPU]
    assert ways(settings(compute_type="float32")) == [("ctranslate2", "base", "cpu", "float32")]


def test_a_checkpoint_is_not_for_the_processor_but_where_torch_is_wanted(
    settings: MakeSettings, has_card: HasCard
) -> None:
    has_card(torch=True)
    chosen = settings(model="medium")
    keep(chosen, "medium")
    assert ways(chosen) == [CPU]
    chosen = settings(model="medium", engine="torch")
    assert ways(chosen)[0] == ("torch", "medium", "cpu", "float32")
