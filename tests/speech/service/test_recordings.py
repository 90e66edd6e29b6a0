from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import pytest

from tests.support.speech_process import CLIP, ZH, config, say, speech, worker
from tests.support.waiting import eventually
from voice_assistant.errors import AudioError, ModelError, NotReadyError, RequestError
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.recordings import Recordings
from voice_assistant.speech.task import Piece, Task
from voice_assistant.speech.transcript import Segment

pytestmark = pytest.mark.anyio


class Stage:
    """A speech process that only acts: `calls` is what it was given, and it goes on when let."""

    def __init__(self, *failures: Exception | None, windows: int = 1) -> None:
        self._failures = list(failures)
        self._windows = windows
        self.calls: list[list[tuple[int, int, bool]]] = []
        self.closed: list[int] = []
        self.generation = 1
        self.given_up = 0
        self.curtain = asyncio.Event()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        yield

    async def until_ready(self) -> None:
        pass

    async def give_up_model(self) -> bool:
        self.given_up += 1
        self.generation += 1
        return self.given_up < 2

    async def call(
        self, _: str, tasks: Sequence[Task], closed: Sequence[int], limit_s: float
    ) -> list[Piece | AudioError]:
        self.calls.append([(task.recording, task.window, task.data is not None) for task in tasks])
        self.closed += closed
        await self.curtain.wait()
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            if isinstance(failure, NotReadyError):
                self.generation += 1
            raise failure
        return [
            AudioError("BROKEN_AUDIO") if task.data == b"bad" else self._piece(task)
            for task in tasks
        ]

    def _piece(self, task: Task) -> Piece:
        windows = self._windows if task.recording == 1 else 1
        text = f"{task.recording}.{task.window}"
        return Piece(
            segments=(Segment(task.window, task.window + 1, text, -0.1, 0.0),),
            language="zh",
            windows=windows,
            duration_s=float(windows),
            reached_s=task.window + 1.0,
            timings_ms={"recognise": 1.0},
        )


def queue_of(stage: Stage, limit: int = 9) -> Recordings:
    return Recordings(cast("SpeechProcess", stage), limit)


def talk(queue: Recordings, count: int = 1, data: bytes = b"") -> list[asyncio.Task[Any]]:
    return [asyncio.create_task(queue.transcribe(data, ZH)) for _ in range(count)]


async def texts(tasks: Sequence[asyncio.Task[Any]]) -> list[str]:
    return [transcript.text for transcript in await asyncio.gather(*tasks)]


async def test_those_who_wait_go_together() -> None:
    stage = Stage()
    queue = queue_of(stage)
    first = talk(queue)
    await eventually(lambda: queue.running == 1)
    others = talk(queue, 5)
    await eventually(lambda: queue.waiting == 5)
    stage.curtain.set()
    assert await texts(first + others) == ["1.0", "2.0", "3.0", "4.0", "5.0", "6.0"]
    assert [[number for number, _, _ in call] for call in stage.calls] == [[1], [2, 3, 4, 5], [6]]
    assert (queue.running, queue.waiting) == (0, 0)


async def test_so_many_may_wait() -> None:
    stage = Stage()
    queue = queue_of(stage, limit=2)
    tasks = talk(queue)
    await eventually(lambda: queue.running == 1)
    tasks += talk(queue, 2)
    await eventually(lambda: queue.waiting == 2)
    with pytest.raises(RequestError, match="BUSY") as caught:
        await queue.transcribe(b"", ZH)
    assert int(caught.value.params["retry_after_s"]) >= 1
    assert queue.refused == 1
    stage.curtain.set()
    assert len(await texts(tasks)) == 3


async def test_who_goes_away_leaves_a_place() -> None:
    stage = Stage()
    queue = queue_of(stage, limit=1)
    tasks = talk(queue)
    await eventually(lambda: queue.running == 1)
    [gone] = talk(queue)
    await eventually(lambda: queue.waiting == 1)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert queue.waiting == 0
    tasks += talk(queue)
    stage.curtain.set()
    assert await texts(tasks) == ["1.0", "3.0"]
    assert [number for call in stage.calls for number, _, _ in call] == [1, 3]


async def test_who_goes_away_while_heard_frees_the_recording() -> None:
    stage = Stage(windows=5)
    queue = queue_of(stage)
    [gone] = talk(queue)
    await eventually(lambda: queue.running == 1)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    stage.curtain.set()
    assert await texts(talk(queue)) == ["2.0"]
    assert [call[0][:2] for call in stage.calls] == [(1, 0), (2, 0)]
    assert stage.closed == [1]


async def test_a_long_recording_lets_others_in_between() -> None:
    stage = Stage(windows=3)
    queue = queue_of(stage)
    [long] = talk(queue)
    await eventually(lambda: queue.running == 1)
    [short] = talk(queue)
    stage.curtain.set()
    assert await texts([long, short]) == ["1.01.11.2", "2.0"]
    order = [(number, window) for call in stage.calls for number, window, _ in call]
    assert order == [(1, 0), (2, 0), (1, 1), (1, 2)]


async def test_how_far_a_long_recording_is() -> None:
    stage = Stage(windows=3)
    queue = queue_of(stage)
    stage.curtain.set()
    async with queue.open(b"") as recording:
        seen = []
        async for _ in recording.pieces(ZH):
            seen.append([(each.done_s, each.duration_s) for each in queue.long])
    assert seen == [[(1.0, 3.0)], [(2.0, 3.0)], []]
    assert queue.long == []


async def test_the_bytes_are_handed_over_once_to_each_process() -> None:
    stage = Stage()
    queue = queue_of(stage)
    stage.curtain.set()
    async with queue.open(b"x") as recording:
        await recording.transcribe(ZH)
        await recording.transcribe(ZH)
        stage.generation += 1
        await recording.transcribe(ZH)
    assert [call[0][2] for call in stage.calls] == [True, False, True]


async def test_a_bad_recording_does_not_harm_the_others() -> None:
    stage = Stage()
    queue = queue_of(stage)
    stage.curtain.set()
    bad, good = talk(queue, data=b"bad")[0], talk(queue)[0]
    with pytest.raises(AudioError, match="BROKEN_AUDIO"):
        await bad
    assert await texts([good]) == ["2.0"]
    assert len(stage.calls) == 1


async def test_the_process_dies_with_several_in_it() -> None:
    died = NotReadyError("SPEECH_PROCESS_DIED")
    stage = Stage(died, None, died)
    queue = queue_of(stage)
    stage.curtain.set()
    one, two, three = talk(queue, 3)
    assert await texts([one, three]) == ["1.0", "3.0"]
    with pytest.raises(NotReadyError, match="SPEECH_PROCESS_DIED"):
        await two
    assert [len(call) for call in stage.calls] == [3, 1, 1, 1]


async def test_memory_for_one_but_not_for_several() -> None:
    stage = Stage(MemoryError())
    queue = queue_of(stage)
    stage.curtain.set()
    assert await texts(talk(queue, 2)) == ["1.0", "2.0"]
    assert stage.given_up == 0


async def test_without_memory_the_next_model_serves_the_recording() -> None:
    stage = Stage(MemoryError())
    queue = queue_of(stage)
    stage.curtain.set()
    assert await texts(talk(queue)) == ["1.0"]
    assert stage.given_up == 1
    assert [call[0][2] for call in stage.calls] == [True, True]


async def test_without_memory_and_without_a_next_model() -> None:
    stage = Stage(MemoryError(), MemoryError("no more"))
    queue = queue_of(stage)
    stage.curtain.set()
    with pytest.raises(ModelError, match="OUT_OF_MEMORY"):
        await queue.transcribe(b"", ZH)


async def test_no_model_fails_those_who_wait() -> None:
    async with speech(config("ctranslate2", model="huge")) as (_, queue):
        results = await asyncio.gather(*talk(queue, 3, CLIP), return_exceptions=True)
        assert [type(result) for result in results] == [ModelError] * 3
        assert queue.waiting == 0


async def test_a_real_process() -> None:
    async with speech(config()) as (process, queue):
        await say(queue)
        worker(process).suspend()
        first = asyncio.create_task(say(queue))
        await eventually(lambda: queue.running == 1)
        others = [asyncio.create_task(say(queue)) for _ in range(3)]
        await eventually(lambda: queue.waiting == 3)
        worker(process).resume()
        assert await asyncio.gather(first, *others) == ["打开计算器"] * 4
