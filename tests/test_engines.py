from __future__ import annotations

from typing import get_args

import pytest

from voice_assistant.engines import ENGINES, engines_for
from voice_assistant.settings import Settings


def choices(setting: str) -> set[str]:
    return set(get_args(Settings.model_fields[setting].annotation)) - {"auto"}


def test_the_setting_offers_every_engine_and_no_other() -> None:
    assert choices("engine") == set(ENGINES)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_takes_compute_types_that_can_be_set(engine: str) -> None:
    types = ENGINES[engine].cpu_types
    assert types
    assert choices("compute_type") >= set(types)


@pytest.mark.parametrize(
    ("wanted", "on_cpu", "on_card"),
    [
        ("auto", ["ctranslate2", "torch"], ["torch"]),
        ("ctranslate2", ["ctranslate2"], []),
        ("torch", ["torch"], ["torch"]),
        ("fake", ["fake"], []),
    ],
)
def test_what_is_named_is_taken_where_it_can_run(
    wanted: str, on_cpu: list[str], on_card: list[str]
) -> None:
    assert engines_for(wanted, "cpu") == on_cpu
    assert engines_for(wanted, "cuda") == on_card


@pytest.mark.parametrize(("engine", "needed"), [("auto", True), ("torch", True), ("fake", False)])
def test_only_an_engine_for_tests_needs_no_model(engine: str, needed: bool) -> None:
    assert Settings.model_validate({"engine": engine}).needs_model is needed
