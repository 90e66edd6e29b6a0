from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.surroundings import TORCH, card, surroundings
from voice_assistant.choice.chooser import Chooser
from voice_assistant.console import Console
from voice_assistant.launcher.choice_log import show_choice
from voice_assistant.settings import Settings

Log = Callable[..., str]


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    """What is written for a card of some GB, of which some are used, and some checkpoints."""

    def show(
        gigabytes: int = 0, used: float = 0, *names: str, torch: bool = True, **values: Any
    ) -> str:
        cards = [card(gigabytes, used)] if gigabytes else []
        here = surroundings(*cards, torch=TORCH if torch else None, checkpoints=names)
        settings = Settings(**values)
        chooser = Chooser(settings, lambda *_: here)
        show_choice(Console("en"), settings, chooser.first())
        return capsys.readouterr().out

    return show


def test_no_card(log: Log) -> None:
    assert log(torch=False) == (
        "Models here: base\n"
        "   not here: large-v3-turbo, medium\n"
        "Chosen: base (int8, ctranslate2) on the CPU: there is no NVIDIA card; "
        "the best of VOICE_MODEL_PRIORITY that is here and fits\n"
    )


def test_the_best_fits(log: Log) -> None:
    assert log(16, 0.5, "large-v3-turbo", "medium") == (
        "Models here: large-v3-turbo, medium, base\n"
        "Cap: 50 % of the card, 8000 MB; 8000 MB of it can be had now\n"
        "Chosen: large-v3-turbo (float16, torch) on the GPU: "
        "the best of VOICE_MODEL_PRIORITY that is here and fits\n"
    )


def test_the_best_does_not_fit(log: Log) -> None:
    output = log(8, 7, "large-v3-turbo")
    assert "8000" not in output
    assert "Cap: 50 % of the card, 4000 MB; 1000 MB of it can be had now\n" in output
    assert "   large-v3-turbo does not fit: 483 MB are missing, even as int8\n" in output
    assert "Chosen: base (float16, torch) on the GPU" in output


def test_nothing_fits(log: Log) -> None:
    output = log(8, 7.9)
    assert "   base does not fit: " in output
    assert "on the CPU: no model fits on the graphics card now" in output


def test_no_torch_yet(log: Log) -> None:
    assert "on the CPU: torch for the graphics card is not installed yet" in log(8, torch=False)


def test_the_settings_decide(log: Log) -> None:
    assert "on the CPU: VOICE_DEVICE or VOICE_ENGINE asks" in log(8, device="cpu")
    assert "Cap" not in log(8, device="cpu")
    assert "on the GPU: VOICE_MODEL names it" in log(8, model="base")
    assert log(8, engine="fake") == ""


@pytest.mark.parametrize("settings", [{"model": "medium"}, {"model_priority": ["medium"]}])
def test_a_model_that_is_not_here_yet(log: Log, settings: dict[str, Any]) -> None:
    output = log(torch=False, **settings)
    assert "   not here: medium\n" in output
    assert "Chosen: base (int8, ctranslate2) on the CPU: " in output
    assert output.endswith("; until a model that the settings name is here\n")


def test_a_checkpoint_that_is_to_be_converted(log: Log) -> None:
    output = log(0, 0, "medium", torch=False, model="medium")
    assert "Models here: medium, base\n" in output
    assert output.endswith("has been converted for the CPU, in the background\n")


def test_what_is_too_slow_for_a_cpu(log: Log) -> None:
    output = log(0, 0, "large-v3-turbo", torch=False)
    assert "Models here: large-v3-turbo, base\n" in output
    assert "; larger models are too slow on a CPU" in output


def test_a_model_that_nobody_knows(log: Log) -> None:
    output = log(model="huge", torch=False)
    assert "   not here: huge\n" in output
    assert "huge" in output.splitlines()[-1]
    assert "Chosen" not in output
