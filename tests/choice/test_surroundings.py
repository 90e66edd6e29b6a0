from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.app import MakeSettings
from tests.support.published import only_loopback
from tests.support.surroundings import DRIVER, card, surroundings
from voice_assistant.choice import surroundings as module
from voice_assistant.choice.surroundings import NO_CARDS, Cards, ask_driver, look_around
from voice_assistant.machine.installed_torch import find_installed
from voice_assistant.models.known import built_in
from voice_assistant.settings import Settings

CARDS: Cards = (DRIVER, (card(8), card(24)))


@pytest.fixture
def settings(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> MakeSettings:
    """Settings with the default engine; nothing in the caches of others."""
    folder = make_settings().model_dir
    only_loopback(monkeypatch, folder.parent / "caches")
    return lambda **values: make_settings(**{"engine": "auto", **values})


def keep(settings: Settings, name: str) -> Path:
    """Have a checkpoint where models are kept."""
    settings.model_dir.mkdir(exist_ok=True)
    path = settings.model_dir / f"{name}.pt"
    path.touch()
    return path


def test_only_base_is_here_at_first(settings: MakeSettings) -> None:
    here = look_around(settings(), built_in(), NO_CARDS)
    assert [name for name in built_in() if here.has(name, "torch")] == ["base"]
    assert here.has("base", "ctranslate2")
    assert not here.has("nobody", "torch")
    assert list(here.models) == list(here.on_disk) == list(built_in())


def test_a_checkpoint_that_was_put_here(settings: MakeSettings) -> None:
    path = keep(settings(), "medium")
    here = look_around(settings(), built_in(), NO_CARDS)
    found = here.on_disk["medium"].checkpoint
    assert found is not None
    assert (found.path, found.written_ns) == (path, path.stat().st_mtime_ns)
    assert here.has("medium", "torch")
    assert not here.has("medium", "ctranslate2")


def test_what_the_driver_has_told_is_believed(settings: MakeSettings) -> None:
    here = look_around(settings(device="cpu"), built_in(), CARDS)
    assert (here.driver, here.cards, here.card) == (DRIVER, CARDS[1], CARDS[1][0])
    assert look_around(settings(), built_in(), NO_CARDS).card is None


def test_the_driver_is_asked_once_where_a_card_is_wanted(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [CARDS]
    monkeypatch.setattr(module, "ask_driver", answers.pop)
    here = look_around(settings(), built_in())
    assert (here.driver, here.cards) == CARDS


@pytest.mark.parametrize("values", [{"device": "cpu"}, {"engine": "ctranslate2"}])
def test_no_driver_is_waited_for_that_nobody_wants(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, values: dict[str, str]
) -> None:
    monkeypatch.setattr(module, "ask_driver", lambda: pytest.fail("it may sleep"))
    here = look_around(settings(**values), built_in())
    assert (here.driver, here.cards) == NO_CARDS


def test_this_computer_can_be_asked(settings: MakeSettings) -> None:
    driver, cards = ask_driver()
    assert driver is not None or cards == ()
    assert look_around(settings(), built_in()).torch == find_installed()


def test_two_looks_at_the_same_are_equal(settings: MakeSettings) -> None:
    keep(settings(), "medium")
    looks = [look_around(settings(), built_in(), CARDS) for _ in range(2)]
    assert looks[0] == looks[1]
    assert looks[0] != surroundings(*CARDS[1])
