from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.surroundings import GB, card, surroundings
from voice_assistant.choice.fit import Candidate
from voice_assistant.choice.plan import make_plan
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.models.known import built_in
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineInfo

CARD = card(8)
BARE, WITH_CARD = surroundings(), surroundings(CARD)


def test_a_card_reads_checkpoints() -> None:
    plan = make_plan(Settings(), WITH_CARD)
    assert (plan.card, plan.form) == (CARD, "checkpoint")
    assert (plan.best.model.name, plan.best.device) == ("large-v3-turbo", "cuda")


def test_without_a_card() -> None:
    plan = make_plan(Settings(), BARE)
    assert (plan.card, plan.form) == (None, "ctranslate2")
    assert plan.best == Candidate(built_in()["base"], "cpu", "int8")


def test_a_quick_processor() -> None:
    assert make_plan(Settings(), BARE, 0.1).best.model.name == "small"


@pytest.mark.parametrize(
    "settings",
    [Settings(device="cpu"), Settings(engine="ctranslate2"), Settings(engine="fake")],
)
def test_a_card_that_is_not_to_be_used(settings: Settings) -> None:
    plan = make_plan(settings, WITH_CARD)
    assert (plan.card, plan.form, plan.best.device) == (None, "ctranslate2", "cpu")


@pytest.mark.parametrize(
    ("capability", "driver", "device"),
    [
        ((8, 9), "580.95.05", "cuda"),
        ((6, 1), "550.54", "cuda"),
        ((8, 9), "470.256", "cpu"),
        ((3, 5), "580.95.05", "cpu"),
    ],
)
def test_a_card_that_no_torch_is_made_for(
    capability: tuple[int, int], driver: str, device: str
) -> None:
    here = surroundings(replace(CARD, capability=capability), driver=Driver(driver, "11.4"))
    assert make_plan(Settings(), here).best.device == device


def test_a_torch_that_the_user_has_for_an_old_card() -> None:
    old = Driver("470.256", "11.4")
    here = surroundings(CARD, driver=old, torch=Installed("1.13.1+cu117", "11.3"))
    assert make_plan(Settings(), here).best.device == "cuda"


def test_what_is_loaded_goes_before_the_next_one_comes() -> None:
    here = surroundings(replace(CARD, used=CARD.total - GB, free=GB))
    assert make_plan(Settings(), here).best.model.name == "base"
    present = EngineInfo("torch", "base", "cuda", "float16", pid=7, load_s=1)
    plan = make_plan(Settings(), here, present=present)
    assert plan.best.model.name == "large-v3-turbo"


def test_a_card_that_others_have_taken() -> None:
    plan = make_plan(Settings(), surroundings(Card("simulated", 8 * GB, 8 * GB, 0, {})))
    assert (plan.best.device, plan.form) == ("cpu", "ctranslate2")


def test_the_settings_name_the_model_and_how_it_is_run() -> None:
    best = make_plan(Settings(model="medium", compute_type="int8"), WITH_CARD).best
    assert (best.model.name, best.compute_type) == ("medium", "int8")
    best = make_plan(Settings(model_priority=["nobody", "small"]), WITH_CARD).best
    assert best.model.name == "small"


def test_a_model_that_nobody_knows() -> None:
    with pytest.raises(ModelError) as caught:
        make_plan(Settings(model="nobody"), BARE)
    assert (caught.value.code, caught.value.params) == ("MODEL_MISSING", {"model": "nobody"})
