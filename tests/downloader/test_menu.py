from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.surroundings import GB, surroundings
from voice_assistant.choice.plan import make_plan
from voice_assistant.choice.surroundings import Surroundings, look_around
from voice_assistant.console import Console
from voice_assistant.downloader.main import run
from voice_assistant.downloader.menu import ask_model, show_models
from voice_assistant.errors import LaunchError, ModelError
from voice_assistant.machine.card import Card
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings


class Person(Console):
    """Somebody at a terminal, or nobody."""

    def __init__(self, answer: str | None) -> None:
        super().__init__("en")
        self._answer = answer

    def ask(self, key: str, **params: object) -> str | None:
        return self._answer


def answered(answer: str | None, models: Mapping[str, Model] | None = None) -> str:
    settings, here = Settings(), surroundings(models=models)
    return ask_model(Person(answer), settings, here, make_plan(settings, here))


def listed(capsys: pytest.CaptureFixture[str], here: Surroundings) -> list[str]:
    settings = Settings(device="auto")
    show_models(Console("en"), settings, here, make_plan(settings, here))
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [("1", "large-v3"), ("5", "base"), ("6", "tiny"), ("", "base"), ("２", "large-v3-turbo")],
)
def test_a_number_chooses(answer: str, chosen: str, known: Mapping[str, Model]) -> None:
    assert answered(answer, known) == chosen


@pytest.mark.parametrize(
    "answer",
    [
        *("0", "7", "-1", "base", "1.5", "²", "99999999999999999999"),
        pytest.param("9" * 5000, id="5000 digits"),
    ],
)
def test_what_is_no_number_of_the_list(answer: str, known: Mapping[str, Model]) -> None:
    with pytest.raises(LaunchError) as caught:
        answered(answer, known)
    assert caught.value.params == {"answer": answer, "count": 6}


def test_nobody_to_ask() -> None:
    with pytest.raises(ModelError) as caught:
        answered(None)
    assert caught.value.code == "DOWNLOAD_NOT_CHOSEN"


def test_the_list_for_a_processor(capsys: pytest.CaptureFixture[str]) -> None:
    lines = listed(capsys, surroundings())
    assert "CPU" in lines[0]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["1.", "large-v3"],
        ["2.", "large-v3-turbo"],
        ["3.", "medium"],
        ["4.", "small"],
        ["5.", "base"],
    ]
    assert [line.endswith("<- recommended for this computer  (is here)") for line in lines] == [
        False
    ] * 5 + [True]


def test_the_list_for_a_card(capsys: pytest.CaptureFixture[str]) -> None:
    lines = listed(capsys, surroundings(Card("RTX 9000", 8 * GB, GB, 7 * GB, {})))
    assert lines[0] == "Models for RTX 9000 (up to 4.0 GB are promised, 7.0 GB are free):"
    assert [number for number, line in enumerate(lines) if "recommended for your card" in line] == [
        2
    ]


def test_what_is_here(
    model: Model,
    known: Mapping[str, Model],
    models: Path,
    served: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "(is here)" not in listed(capsys, look_around(Settings(), known))[-1]
    (models / "tiny").mkdir(parents=True)
    for file in model.files:
        (models / "tiny" / file.name).write_bytes((served / "who/tiny" / file.name).read_bytes())
    assert "(is here)" in listed(capsys, look_around(Settings(), known))[-1]


@pytest.mark.usefixtures("described")
def test_the_list_for_a_program(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--list", "--json"], Console("en")) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["name"] for line in lines if line["best"]] == ["base"]
    tiny = lines[-1]
    assert {name: tiny[name] for name in ("event", "name", "size", "here", "languages")} == {
        "event": "model",
        "name": "tiny",
        "size": sum(file.size for file in model.files),
        "here": False,
        "languages": 99,
    }
