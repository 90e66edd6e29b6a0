from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import cast

import pytest

from voice_assistant.assistant.better_model.offer import ModelFetch
from voice_assistant.assistant.better_model.states import FetchStatus
from voice_assistant.console import Console
from voice_assistant.launcher.offer import offer_model

OFFERED = FetchStatus("offered", "medium", 1_528_000_000)


class Fetch:
    """A better model, at once."""

    def __init__(self, status: FetchStatus) -> None:
        self._status = status
        self.answers: list[tuple[bool, str]] = []

    def on_offer(self, tell: Callable[[FetchStatus], None]) -> None:
        tell(self._status)

    def answer(self, *, agreed: bool) -> None:
        self.answers.append((agreed, threading.current_thread().name))


class Person(Console):
    """Somebody who answers so; `None` is nobody."""

    def __init__(self, reply: str | None) -> None:
        super().__init__("en")
        self._reply = reply
        self.asked: list[str] = []
        self.shown: list[str] = []
        self.has_been_told = threading.Event()

    def ask(self, key: str, **params: object) -> str | None:
        self.asked.append(f"{key} {params['model']} {params['size']:.0f}")
        return self._reply

    def show(self, style: object, key: str, **params: object) -> None:
        self.shown.append(key)
        self.has_been_told.set()


def offer(reply: str | None, status: FetchStatus = OFFERED) -> tuple[Fetch, Person]:
    """What comes of an offer."""
    fetch, person = Fetch(status), Person(reply)

    async def run() -> None:
        offer_model(cast(ModelFetch, fetch), person)
        await asyncio.to_thread(person.has_been_told.wait, 60)
        await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(run(), 60))
    return fetch, person


@pytest.mark.parametrize("reply", ["", "y", "Y", "yes", "好", "是"])
def test_yes(reply: str) -> None:
    fetch, person = offer(reply)
    # In the thread of the event loop, where all else happens.
    assert fetch.answers == [(True, threading.current_thread().name)]
    assert person.asked == ["download.offer medium 1528"]
    assert person.shown == ["download.in_background"]


@pytest.mark.parametrize("reply", ["n", "N", "no", "否", "不", "不要"])
def test_no(reply: str) -> None:
    fetch, person = offer(reply)
    assert fetch.answers == [(False, threading.current_thread().name)]
    assert person.shown == ["download.declined"]


def test_nobody_to_ask() -> None:
    fetch, person = offer(None)
    assert fetch.answers == []
    assert person.shown == ["download.offer_elsewhere"]


def test_what_is_being_fetched_is_only_said() -> None:
    fetch, person = offer("n", FetchStatus("fetching", "medium", 1_528_000_000))
    assert (fetch.answers, person.asked) == ([], [])
    assert person.shown == ["download.in_background"]
