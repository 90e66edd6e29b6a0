from __future__ import annotations

import pytest

from tests.downloader.conftest import use_card
from voice_assistant.cards import Card
from voice_assistant.downloader.plan import make_plan
from voice_assistant.errors import ModelError
from voice_assistant.models.fit import Candidate
from voice_assistant.settings import Settings

GB = 1_000_000_000
CARD = Card("simulated", 8 * GB, 0, 8 * GB, {})


def test_a_card_reads_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    use_card(monkeypatch, CARD)
    plan = make_plan(Settings())
    assert (plan.card, plan.form) == (CARD, "checkpoint")
    assert (plan.best.model, plan.best.device) == ("large-v3-turbo", "cuda")


def test_without_a_card() -> None:
    plan = make_plan(Settings())
    assert (plan.card, plan.form) == (None, "ctranslate2")
    assert plan.best == Candidate("base", "cpu", "int8")


def test_a_quick_processor() -> None:
    assert make_plan(Settings(), 0.1).best.model == "small"


@pytest.mark.parametrize(
    "settings",
    [Settings(device="cpu"), Settings(engine="ctranslate2"), Settings(engine="fake")],
)
def test_a_card_that_is_not_to_be_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    use_card(monkeypatch, CARD)
    plan = make_plan(settings)
    assert (plan.card, plan.form, plan.best.device) == (None, "ctranslate2", "cpu")


def test_a_card_that_others_have_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    use_card(monkeypatch, Card("simulated", 8 * GB, 8 * GB, 0, {}))
    plan = make_plan(Settings())
    assert (plan.best.device, plan.form) == ("cpu", "ctranslate2")


def test_the_settings_name_the_model_and_how_it_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    use_card(monkeypatch, CARD)
    assert make_plan(Settings(model="medium", compute_type="int8")).best.model == "medium"
    assert make_plan(Settings(model="medium", compute_type="int8")).best.compute_type == "int8"
    assert make_plan(Settings(model_priority=["nobody", "small"])).best.model == "small"


def test_a_model_that_nobody_knows() -> None:
    with pytest.raises(ModelError) as caught:
        make_plan(Settings(model="nobody"))
    assert (caught.value.code, caught.value.params) == ("MODEL_MISSING", {"model": "nobody"})
