from __future__ import annotations

import pytest

from voice_assistant.assistant.confirmations import Confirmations
from voice_assistant.commands.decision import SystemAction, Understanding
from voice_assistant.errors import RequestError

SHUT_DOWN = Understanding("关机", (SystemAction("exact", "关机", needs_confirmation=True),))


def test_an_id_works_once() -> None:
    confirmations = Confirmations(60)
    key = confirmations.ask(SHUT_DOWN)
    assert confirmations.take(key) == SHUT_DOWN
    with pytest.raises(RequestError):
        confirmations.take(key)


def test_an_id_that_nobody_gave_out_confirms_nothing() -> None:
    with pytest.raises(RequestError):
        Confirmations(60).take("guessed")


def test_an_id_expires() -> None:
    confirmations = Confirmations(-1)
    with pytest.raises(RequestError):
        confirmations.take(confirmations.ask(SHUT_DOWN))


def test_of_very_many_the_oldest_go() -> None:
    confirmations = Confirmations(60)
    keys = [confirmations.ask(SHUT_DOWN) for _ in range(101)]
    with pytest.raises(RequestError):
        confirmations.take(keys[0])
    assert confirmations.take(keys[1]) == SHUT_DOWN
