"""Changing to a better model while the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.support.hostile_uploads import wav
from tests.support.speech_process import (
    CLIP,
    LONG_S,
    ZH,
    children,
    config,
    is_gone,
    say,
    worker,
)
from tests.support.waiting import eventually
from voice_assistant.errors import ModelError, NotReadyError
from voice_assistant.speech.config import Choice, EngineConfig
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.recordings import Recordings
from voice_assistant.speech.task import assemble
from voice_assistant.speech.worker.sound.audio import decode

pytestmark = pytest.mark.anyio

OLD, NEW = "打开计算器", "打开微信"
BASE, MEDIUM, SMALL = config(), config(model="medium"), config(model="small")


class Chooser:
    """What is here; it may change, and be out of reach."""

    def __init__(self, *configs: EngineConfig) -> None:
        self.configs = list(configs)
        self.refused: ModelError | None = None
        self.asked = 0
        self.running: set[int] = set()
        """What ran when it was asked last."""

    def __call__(self) -> Choice:
        self.asked += 1
        self.running = children()
        if not self.configs:
            raise ModelError("GPU_MISSING", detail="gone")
        return Choice(list(self.configs), self.refused)


@asynccontextmanager
async def serving(
    chooser: Chooser, keep_alive_s: float = -1
) -> AsyncIterator[tuple[SpeechProcess, Recordings]]:
    """A process that is ready; what comes after it writes something else."""
    process = SpeechProcess(chooser, keep_alive_s)
    try:
        await process.until_ready()
        yield process, Recordings(process, 16)
    finally:
        await process.stop()


@pytest.fixture
def chooser(monkeypatch: pytest.MonkeyPatch) -> Chooser:
    monkeypatch.setenv("VOICE_FAKE_TEXT", OLD)
    return Chooser(BASE)


def put_here(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch, *better: EngineConfig, delay_s: float = 0
) -> None:
    """Better models have come; whatever is loaded from now on says something else."""
    monkeypatch.setenv("VOICE_FAKE_TEXT", NEW)
    monkeypatch.setenv("VOICE_FAKE_DELAY_S", str(delay_s))
    chooser.configs[:0] = better


async def test_nobody_who_speaks_notices(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(chooser) as (process, queue):
        old = worker(process).pid
        put_here(chooser, monkeypatch, MEDIUM)
        heard: list[str] = []
        states = set()

        async def talk() -> None:
            while heard.count(NEW) < 20:
                heard.append(await say(queue))
                states.add(process.status)

        talking = [asyncio.create_task(talk()) for _ in range(3)]
        await eventually(lambda: len(heard) > 5)
        await process.renew()
        await asyncio.wait_for(asyncio.gather(*talking), LONG_S)
        assert set(heard) == {OLD, NEW}
        assert heard.index(NEW) == heard.count(OLD)  # never back
        assert states == {"ready"}
        assert process.info is not None
        assert (process.info.model, process.fallback, process.problem) == ("medium", None, None)
        assert process.generation == 2
        await eventually(lambda: is_gone(old))


async def test_what_is_loaded_stays_whatever_others_take_of_the_card_meanwhile(
    chooser: Chooser,
) -> None:
    before = children()
    async with serving(chooser) as (process, _):
        same = worker(process).pid
        chooser.configs[0] = replace(BASE, memory_fraction=0.123)
        await process.renew()
        assert process.generation == 1
        assert children() - before == {same}


async def test_who_is_speaking_is_heard_out(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(chooser) as (process, queue):
        old = worker(process)
        old.suspend()
        speaking = asyncio.create_task(say(queue))
        await eventually(lambda: queue.running == 1)
        put_here(chooser, monkeypatch, MEDIUM)
        await process.renew()
        assert worker(process).pid == old.pid
        assert not speaking.done()
        old.resume()
        assert await asyncio.wait_for(speaking, LONG_S) == OLD
        assert worker(process).pid != old.pid
        assert await say(queue) == NEW
        await eventually(lambda: is_gone(old.pid))


async def test_a_long_recording_goes_on_with_the_next_model(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = decode(CLIP, max_s=60)
    stretch = np.concatenate([spoken, np.zeros(16_000, np.float32)])
    data = wav((np.tile(stretch, 15) * 32767).astype("<i2").tobytes())
    async with serving(chooser) as (process, queue), queue.open(data) as recording:
        pieces = recording.pieces(ZH)
        written = [await anext(pieces)]
        put_here(chooser, monkeypatch, MEDIUM)
        await process.renew()
        written += [piece async for piece in pieces]
        assert process.generation == 2
        assert len(written) == written[0].windows > 2
        assert recording.done_s == pytest.approx(recording.duration_s, abs=0.01)
        text = assemble(written, ("zh",)).text
        assert text.startswith(OLD)
        assert text.endswith(NEW)


async def test_memory_of_both_is_counted(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(chooser) as (process, _):
        alone = process.memory_bytes()
        put_here(chooser, monkeypatch, MEDIUM, delay_s=10 * LONG_S)
        renewing = asyncio.create_task(process.renew())
        await eventually(lambda: process.memory_bytes() > 1.5 * alone)
        await process.stop()
        await renewing
        assert process.memory_bytes() == 0


async def test_a_model_that_cannot_be_loaded_changes_nothing(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = children()
    async with serving(chooser) as (process, queue):
        same = worker(process).pid
        put_here(chooser, monkeypatch, config("ctranslate2", model="medium", model_dir=tmp_path))
        await process.renew()
        assert children() - before == {same}
        assert process.status == "ready"
        assert process.fallback is not None
        assert (process.fallback.code, process.fallback.params["model"]) == (
            "MODEL_MISSING",
            "medium",
        )
        assert await say(queue) == OLD


async def test_after_a_model_that_cannot_be_loaded_the_next_is_tried(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with serving(chooser) as (process, queue):
        broken = config("ctranslate2", model="medium", model_dir=tmp_path)
        put_here(chooser, monkeypatch, broken, SMALL)
        await process.renew()
        assert process.info is not None
        assert process.info.model == "small"
        assert process.fallback is not None
        assert process.fallback.params["model"] == "medium"
        assert await say(queue) == NEW


async def test_why_there_is_nothing_better_still_is_said(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(chooser) as (process, _):
        put_here(chooser, monkeypatch, SMALL)
        chooser.refused = ModelError("MODEL_ABSENT", model="medium")
        await process.renew()
        assert process.fallback is chooser.refused


async def test_nothing_better_is_nothing_to_do(chooser: Chooser) -> None:
    before = children()
    async with serving(chooser) as (process, _):
        same = worker(process).pid
        chooser.configs.append(SMALL)
        await process.renew()
        assert children() - before == {same}
        assert (process.status, process.generation) == ("ready", 1)


async def test_nothing_to_choose_from_is_no_reason_to_stop(chooser: Chooser) -> None:
    async with serving(chooser) as (process, queue):
        chooser.configs.clear()
        await process.renew()
        assert await say(queue) == OLD
        assert process.generation == 1


async def test_what_has_used_up_its_memory_is_not_tried_again(chooser: Chooser) -> None:
    chooser.configs.insert(0, MEDIUM)
    async with serving(chooser) as (process, _):
        assert await process.give_up_model()
        await process.until_ready()
        same, before = worker(process).pid, process.generation
        await process.renew()
        assert (worker(process).pid, process.generation) == (same, before)
        chooser.configs.insert(1, SMALL)
        await process.renew()
        assert process.info is not None
        assert process.info.model == "small"
        assert process.fallback is not None
        assert process.fallback.code == "OUT_OF_MEMORY"


async def test_a_card_has_room_for_one(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    chooser.configs = [config(device="cuda")]
    before = children()
    async with serving(chooser) as (process, queue):
        old = worker(process)
        old.suspend()
        speaking = asyncio.create_task(say(queue))
        await eventually(lambda: queue.running == 1)
        put_here(chooser, monkeypatch, config(model="medium", device="cuda"))
        await process.renew()
        assert children() - before == {old.pid}
        waiting = asyncio.create_task(say(queue))
        old.resume()
        assert await asyncio.wait_for(speaking, LONG_S) == OLD
        assert process.status == "loading"
        await eventually(lambda: len(children() - before) == 1 and is_gone(old.pid))
        assert await asyncio.wait_for(waiting, LONG_S) == NEW
        assert process.info is not None
        assert process.info.model == "medium"


async def test_a_card_that_nobody_uses_is_changed_at_once(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    chooser.configs = [config(device="cuda")]
    before = children()
    async with serving(chooser) as (process, queue):
        old = worker(process).pid
        put_here(chooser, monkeypatch, config(model="medium", device="cuda"))
        await process.renew()
        assert process.status == "loading"
        assert await say(queue) == NEW
        assert is_gone(old)
        assert chooser.running == before  # all of the card's memory was free to choose from


async def test_from_the_processor_to_a_card_nobody_waits(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(chooser) as (process, queue):
        put_here(chooser, monkeypatch, config(model="medium", device="cuda"))
        await process.renew()
        assert process.status == "ready"
        assert await say(queue) == NEW


async def test_stop_while_the_next_model_loads(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()
    async with serving(chooser) as (process, _):
        put_here(chooser, monkeypatch, MEDIUM, SMALL, delay_s=10 * LONG_S)
        renewing = asyncio.create_task(process.renew())
        await eventually(lambda: len(children() - before) == 2)
        await asyncio.wait_for(process.stop(), LONG_S)
        await asyncio.wait_for(renewing, LONG_S)
        assert children() == before


async def test_stop_while_it_is_chosen(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    async with serving(chooser) as (process, _):
        put_here(chooser, monkeypatch, MEDIUM)
        renewing = asyncio.create_task(process.renew())
        await asyncio.sleep(0)
        await process.stop()
        await renewing
        assert children() == before


async def test_stop_after_the_change(chooser: Chooser, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(chooser) as (process, _):
        old = worker(process).pid
        put_here(chooser, monkeypatch, MEDIUM)
        await process.renew()
        new = worker(process).pid
        await process.stop()
        assert is_gone(old)
        assert is_gone(new)


async def test_the_old_one_dies_while_the_next_one_loads(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()
    async with serving(chooser) as (process, queue):
        put_here(chooser, monkeypatch, MEDIUM, delay_s=10 * LONG_S)
        renewing = asyncio.create_task(process.renew())
        await eventually(lambda: len(children() - before) == 2)
        monkeypatch.setenv("VOICE_FAKE_DELAY_S", "0")
        worker(process).kill()
        await eventually(lambda: process.generation == 2)
        assert await asyncio.wait_for(say(queue), LONG_S) == NEW
        await asyncio.wait_for(renewing, LONG_S)
        assert children() - before == {worker(process).pid}
        assert (process.fallback, process.problem) == (None, None)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
async def test_the_old_one_dies_while_it_is_waited_for(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    chooser.configs = [config(device=device)]
    before = children()
    async with serving(chooser) as (process, queue):
        old = worker(process)
        old.suspend()
        speaking = asyncio.create_task(say(queue))
        await eventually(lambda: queue.running == 1)
        put_here(chooser, monkeypatch, config(model="medium", device=device))
        await process.renew()
        old.kill()
        with pytest.raises(NotReadyError, match="SPEECH_PROCESS_DIED"):
            await asyncio.wait_for(speaking, LONG_S)
        assert await asyncio.wait_for(say(queue), LONG_S) == NEW
        await eventually(lambda: children() - before == {worker(process).pid})
        assert (process.fallback, process.problem, process.generation) == (None, None, 2)


async def test_memory_is_given_back_after_the_change_too(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(chooser, keep_alive_s=0.1) as (process, queue):
        with process.in_use():
            put_here(chooser, monkeypatch, MEDIUM)
            await process.until_ready()
            await process.renew()
            pid = worker(process).pid
        await eventually(lambda: process.status == "idle" and is_gone(pid))
        assert process.memory_bytes() == 0
        assert await say(queue) == NEW


async def test_who_comes_while_nobody_speaks_rests_too(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()
    async with serving(chooser, keep_alive_s=0.5) as (process, queue):
        put_here(chooser, monkeypatch, MEDIUM, delay_s=0.3)
        await process.renew()
        await eventually(lambda: process.status == "idle" and children() == before)
        monkeypatch.setenv("VOICE_FAKE_DELAY_S", "0")
        assert await say(queue) == NEW


async def test_there_is_nothing_to_change_before_the_start(chooser: Chooser) -> None:
    process = SpeechProcess(chooser, -1)
    await process.renew()
    assert (process.status, chooser.asked) == ("stopped", 0)


async def test_what_loads_was_chosen_just_now(chooser: Chooser) -> None:
    process = SpeechProcess(chooser, -1)
    try:
        process.start()
        await process.renew()
        assert process.status == "loading"
        await process.until_ready()
        assert (chooser.asked, process.generation) == (1, 1)
    finally:
        await process.stop()


async def test_what_rests_chooses_when_it_wakes(
    chooser: Chooser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(chooser, keep_alive_s=0) as (process, queue):
        await eventually(lambda: process.status == "idle")
        put_here(chooser, monkeypatch, MEDIUM)
        await process.renew()
        assert (process.status, chooser.asked) == ("idle", 1)
        assert await say(queue) == NEW


async def test_what_has_failed_chooses_at_the_next_start(tmp_path: Path) -> None:
    chooser = Chooser(config("ctranslate2", model="medium", model_dir=tmp_path))
    process = SpeechProcess(chooser, -1)
    try:
        process.start()
        await eventually(lambda: process.status == "failed")
        await process.renew()
        assert (process.status, chooser.asked) == ("failed", 1)
    finally:
        await process.stop()


async def test_two_real_models(model_dir: Path) -> None:
    """Base for base, with other threads: whatever an engine holds is given back."""
    first, second = (config("ctranslate2", model_dir=model_dir, threads=each) for each in (1, 2))
    chooser = Chooser(first)
    async with serving(chooser) as (process, queue):
        old = worker(process).pid
        chooser.configs.insert(0, second)
        heard: list[str] = []

        async def talk() -> None:
            while process.generation == 1 or len(heard) < 3:
                heard.append(await say(queue))

        talking = asyncio.create_task(talk())
        await process.renew()
        await asyncio.wait_for(talking, LONG_S)
        assert set(heard) == {OLD}
        await eventually(lambda: is_gone(old))
        assert psutil.pid_exists(worker(process).pid)
