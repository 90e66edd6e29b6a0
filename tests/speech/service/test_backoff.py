from __future__ import annotations

import asyncio

import pytest

from tests.support.speech_process import LONG_S, children, config, say, speech, worker
from tests.support.waiting import eventually
from voice_assistant.errors import NotReadyError
from voice_assistant.speech.service.backoff import Backoff
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.process_state import Waiting

pytestmark = pytest.mark.anyio


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def waits(backoff: Backoff, deaths: int) -> list[float]:
    """How long each of several deaths in a row waits."""
    found = []
    for _ in range(deaths):
        backoff.note_birth()
        found.append(backoff.note_death())
    return found


def test_deaths_in_a_row_wait_twice_as_long_each_up_to_a_minute() -> None:
    assert waits(Backoff(clock=Clock()), 9) == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_an_answer_makes_the_next_death_the_first() -> None:
    backoff = Backoff(clock=Clock())
    waits(backoff, 4)
    backoff.note_birth()
    backoff.note_answer()
    assert waits(backoff, 3) == [0, 1, 2]


@pytest.mark.parametrize(("lived_s", "wait_s"), [(59.0, 8.0), (60.0, 0.0)])
def test_a_minute_of_life_makes_a_death_the_first(lived_s: float, wait_s: float) -> None:
    clock = Clock()
    backoff = Backoff(clock=clock)
    waits(backoff, 4)
    backoff.note_birth()
    clock.now_s += lived_s
    assert backoff.note_death() == wait_s


def test_a_long_time_without_a_process_is_no_good_service() -> None:
    clock = Clock()
    backoff = Backoff(clock=clock)
    waits(backoff, 2)
    clock.now_s += 3600
    backoff.note_birth()
    assert backoff.note_death() == 2


async def kill(process: SpeechProcess) -> None:
    """Have the process die before it has done anything, and be noticed."""
    await eventually(lambda: process.info)
    worker(process).kill()
    await eventually(lambda: process.info is None)


async def die_twice(process: SpeechProcess) -> None:
    process.start()
    for _ in range(2):
        await kill(process)


async def test_what_died_twice_is_not_replaced_at_once() -> None:
    before = children()
    async with speech(config(), backoff=Backoff(10 * LONG_S)) as (process, _):
        process.start()
        await kill(process)
        assert process.status == "loading"
        await kill(process)
        assert isinstance(process.state, Waiting)
        left_s = process.state.timer.when() - asyncio.get_running_loop().time()
        assert 0 < left_s <= 10 * LONG_S
        assert process.problem is not None
        assert process.problem.code == "SPEECH_PROCESS_DIED"
        await eventually(lambda: children() == before)
        assert (process.generation, process.memory_bytes()) == (2, 0)


async def test_it_is_replaced_when_the_time_has_come() -> None:
    async with speech(config(), backoff=Backoff(0.01)) as (process, _):
        await die_twice(process)
        await eventually(lambda: process.info)
        assert (process.generation, process.problem) == (3, None)


async def test_who_speaks_meanwhile_is_served_at_once_and_ends_the_wait() -> None:
    async with speech(config(), backoff=Backoff(10 * LONG_S)) as (process, queue):
        await die_twice(process)
        assert isinstance(process.state, Waiting)
        waiting = process.state
        assert await asyncio.wait_for(say(queue), LONG_S) == "打开计算器"
        assert waiting.timer.cancelled()
        assert process.generation == 3


async def test_after_good_service_the_wait_is_forgotten() -> None:
    async with speech(config(), backoff=Backoff(10 * LONG_S)) as (process, queue):
        await die_twice(process)
        await say(queue)
        await kill(process)
        assert process.status == "loading"
        await kill(process)
        assert isinstance(process.state, Waiting)


async def test_a_hang_counts_as_a_death() -> None:
    backoff = Backoff(10 * LONG_S)
    async with speech(config(), limit_s=0.5, backoff=backoff) as (process, queue):
        process.start()
        await kill(process)
        await eventually(lambda: process.info)
        worker(process).suspend()
        with pytest.raises(NotReadyError, match="SPEECH_TIMEOUT"):
            await say(queue)
        assert isinstance(process.state, Waiting)


async def test_stopped_while_it_waits() -> None:
    before = children()
    async with speech(config(), backoff=Backoff(10 * LONG_S)) as (process, _):
        await die_twice(process)
        assert isinstance(process.state, Waiting)
        waiting = process.state
        await asyncio.wait_for(process.stop(), LONG_S)
        assert waiting.timer.cancelled()
        process.start()
        assert process.status == "stopped"
        assert children() == before
