from __future__ import annotations

import asyncio

import pytest

from tests.support.waiting import past
from voice_assistant.speech.service.idle_timer import IdleTimer

pytestmark = pytest.mark.anyio


async def test_it_calls_after_a_while() -> None:
    called = asyncio.Event()
    IdleTimer(0.01, called.set).start()
    await asyncio.wait_for(called.wait(), 60)


async def test_never() -> None:
    called: list[int] = []
    timer = IdleTimer(-1, lambda: called.append(1))
    timer.start()
    with timer.in_use():
        pass
    await past(0.01)
    assert called == []


async def test_work_holds_it_up_until_the_last_has_done() -> None:
    calls: list[int] = []
    timer = IdleTimer(0, lambda: calls.append(1))
    with timer.in_use():
        with timer.in_use():
            timer.start()
        await past(0.01)
        assert calls == []
    await past(0.01)
    assert calls == [1]


async def test_work_that_fails_is_over_too() -> None:
    called = asyncio.Event()
    with pytest.raises(ValueError, match="broken"), IdleTimer(0, called.set).in_use():
        raise ValueError("broken")
    await asyncio.wait_for(called.wait(), 60)


async def test_started_twice_it_calls_once() -> None:
    calls: list[int] = []
    timer = IdleTimer(0, lambda: calls.append(1))
    timer.start()
    timer.start()
    await past(0.01)
    assert calls == [1]


async def test_stopped() -> None:
    calls: list[int] = []
    timer = IdleTimer(0, lambda: calls.append(1))
    timer.start()
    timer.stop()
    await past(0.01)
    assert calls == []
