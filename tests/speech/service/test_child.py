from __future__ import annotations

import threading
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import psutil
import pytest

from tests.support.speech_process import config, is_gone
from tests.support.waiting import eventually, past
from voice_assistant.errors import ModelError
from voice_assistant.speech.config import EngineInfo
from voice_assistant.speech.service.child import Child

pytestmark = pytest.mark.anyio


async def load(child: Child) -> EngineInfo:
    info = await child.call("load", config())
    assert isinstance(info, EngineInfo)
    return info


async def test_before_the_first_call_there_is_no_process() -> None:
    child = Child()
    assert (child.is_alive(), child.memory_bytes()) == (False, 0)
    child.end()


async def test_calls_go_to_one_process() -> None:
    child = Child()
    try:
        first, second = await load(child), await load(child)
        assert first.pid == second.pid
        assert child.is_alive()
        assert child.memory_bytes() > 10e6
    finally:
        child.end()


async def test_what_is_raised_there_is_raised_here() -> None:
    child = Child()
    try:
        with pytest.raises(ModelError, match="MODEL_MISSING"):
            await child.call("load", config("ctranslate2", model="huge"))
        assert child.is_alive()
    finally:
        child.end()


async def test_it_is_ended_whatever_it_does() -> None:
    child = Child()
    pid = (await load(child)).pid
    psutil.Process(pid).suspend()
    child.end()
    assert is_gone(pid)
    assert (child.is_alive(), child.memory_bytes()) == (False, 0)


async def test_a_process_that_was_killed() -> None:
    child = Child()
    try:
        process = psutil.Process((await load(child)).pid)
        process.kill()
        with pytest.raises(BrokenProcessPool):
            await child.call("load", config())
        await eventually(lambda: not child.is_alive())
    finally:
        child.end()


async def test_its_end_is_told_once_without_anybody_asking() -> None:
    child = Child()
    try:
        process = psutil.Process((await load(child)).pid)
        told: list[bool] = []
        child.when_gone(lambda: told.append(child.is_alive()))
        process.kill()
        await eventually(lambda: told)
        assert told == [False]
    finally:
        child.end()
    await past(0)
    assert told == [False]


async def test_whoever_is_told_of_the_end_is_not_told_that_it_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = Child()
    try:
        process = psutil.Process((await load(child)).pid)
        told: list[bool] = []
        child.when_gone(lambda: told.append(child.is_alive()))
        # As long as the system is still clearing it away.
        monkeypatch.setattr(psutil.Process, "is_running", lambda _: True)
        monkeypatch.setattr(psutil.Process, "status", lambda _: psutil.STATUS_RUNNING)
        assert child.is_alive()
        process.kill()
        await eventually(lambda: told == [False])
    finally:
        child.end()


async def test_the_end_of_one_that_is_gone_already_is_told_too() -> None:
    child = Child()
    await load(child)
    child.end()
    told: list[bool] = []
    child.when_gone(lambda: told.append(child.is_alive()))
    await eventually(lambda: told == [False])


async def test_what_nobody_writes_to_is_closed_by_its_own_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = Child()
    await load(child)
    queue: Any = vars(vars(child)["_executor"])["_call_queue"]
    pipe = type(queue._reader)
    close, closed_by = pipe.close, []

    def note_and_close(self: object) -> None:
        if self is queue._reader:
            closed_by.append(threading.current_thread())
        close(self)

    monkeypatch.setattr(pipe, "close", note_and_close)
    child.end()
    assert threading.current_thread() not in closed_by
