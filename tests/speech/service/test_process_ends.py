from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import psutil
import pytest

from tests.support.speech_process import (
    CLIP,
    LONG_S,
    children,
    config,
    is_gone,
    say,
    speech,
    worker,
)
from tests.support.waiting import eventually
from voice_assistant import ROOT
from voice_assistant.errors import NotReadyError
from voice_assistant.speech.service.loaded_model import LoadedModel

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [len(CLIP), 5_000_000], ids=["clip", "still being handed over"])
async def test_killed_in_the_middle(size: int) -> None:
    async with speech(config()) as (process, queue):
        await say(queue)
        killed = worker(process)
        killed.suspend()
        data = CLIP + bytes(size - len(CLIP))
        task = asyncio.create_task(say(queue, data))
        await eventually(lambda: queue.running == 1)
        waiting = asyncio.create_task(say(queue))
        await eventually(lambda: queue.waiting == 1)
        await asyncio.sleep(0.2)  # so that some of the bytes are on their way
        killed.kill()
        with pytest.raises(NotReadyError, match="SPEECH_PROCESS_DIED"):
            await asyncio.wait_for(task, LONG_S)
        assert await asyncio.wait_for(waiting, LONG_S) == "打开计算器"
        assert worker(process).pid != killed.pid


async def test_killed_while_nobody_speaks_it_is_replaced_without_anybody_asking() -> None:
    async with speech(config()) as (process, queue):
        await say(queue)
        killed = worker(process)
        killed.kill()
        await eventually(lambda: process.status == "loading")
        assert process.info is None
        await eventually(lambda: process.status == "ready")
        assert process.generation == 2
        assert is_gone(killed.pid)
        assert worker(process).pid != killed.pid
        assert await say(queue) == "打开计算器"


async def test_killed_again_while_nobody_speaks() -> None:
    async with speech(config()) as (process, queue):
        await process.until_ready()
        worker(process).kill()
        await eventually(lambda: process.generation == 2 and process.info)
        worker(process).kill()
        await eventually(lambda: process.generation == 3 and process.info)
        assert await say(queue) == "打开计算器"


async def test_killed_a_moment_before_somebody_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LoadedModel, "when_gone", lambda *_: None)  # too early to be told
    async with speech(config()) as (process, queue):
        await say(queue)
        killed = worker(process)
        killed.kill()
        killed.wait(LONG_S)
        assert await say(queue) == "打开计算器"
        assert worker(process).pid != killed.pid


async def test_killed_while_it_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_DELAY_S", str(LONG_S))
    before = children()
    async with speech(config()) as (process, queue):
        process.start()
        await eventually(lambda: process.memory_bytes() > 0)
        monkeypatch.setenv("VOICE_FAKE_DELAY_S", "0")
        [pid] = children() - before
        psutil.Process(pid).kill()
        await eventually(lambda: process.status == "failed")
        assert process.problem is not None
        assert process.problem.code == "MODEL_LOAD_FAILED"
        assert await say(queue) == "打开计算器"
        assert process.problem is None


async def test_too_slow() -> None:
    async with speech(config(), limit_s=0.5) as (process, queue):
        process.start()
        await eventually(lambda: process.status == "ready")
        slow = worker(process)
        slow.suspend()
        with pytest.raises(NotReadyError, match="SPEECH_TIMEOUT"):
            await say(queue)
        await eventually(lambda: process.status == "ready")
        assert is_gone(slow.pid)
        assert worker(process).pid != slow.pid


async def test_stop_leaves_nothing() -> None:
    async with speech(config()) as (process, queue):
        await say(queue)
        pid = worker(process).pid
        await process.stop()
        assert is_gone(pid)
        assert process.status == "stopped"


async def test_stop_while_it_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_DELAY_S", str(10 * LONG_S))
    before = children()
    async with speech(config()) as (process, _):
        process.start()
        await eventually(lambda: process.memory_bytes() > 0)
        [pid] = children() - before
        await asyncio.wait_for(process.stop(), LONG_S)
        assert is_gone(pid)
        process.start()
        assert process.status == "stopped"


async def test_stop_before_it_is_there() -> None:
    before = children()
    async with speech(config()) as (process, _):
        process.start()
        await process.stop()
        assert children() == before


async def test_stopped_is_stopped() -> None:
    before = children()
    async with speech(config()) as (process, queue):
        await say(queue)
        worker(process).suspend()
        task = asyncio.create_task(say(queue))
        await eventually(lambda: queue.running == 1)
        await process.stop()
        with pytest.raises(NotReadyError):
            await task
        process.start()
        with pytest.raises(NotReadyError):
            await say(queue)
        assert children() == before


PARENT = """
import asyncio, multiprocessing, sys
from pathlib import Path
from voice_assistant.models.known import built_in
from voice_assistant.speech.config import Choice, EngineConfig
from voice_assistant.speech.service.process import SpeechProcess

async def main():
    config = EngineConfig("fake", built_in()["base"], Path("unused"), "cpu", "int8", 1.0, 1, 60)
    process = SpeechProcess(lambda: Choice([config]), -1)
    process.start()
    while process.memory_bytes() == 0 or (sys.argv[1] == "ready" and process.status != "ready"):
        await asyncio.sleep(0.01)
    print(multiprocessing.active_children()[0].pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.parametrize("state", ["loading", "ready"])
async def test_it_ends_when_the_service_is_killed(state: str) -> None:
    delay = "600" if state == "loading" else "0"
    parent = subprocess.Popen(  # noqa: ASYNC220 - it is the one that is to be killed
        [sys.executable, "-c", PARENT, state],
        cwd=ROOT,
        env={**os.environ, "VOICE_FAKE_DELAY_S": delay},
        stdout=subprocess.PIPE,
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not is_gone(pid)
        parent.kill()
    await eventually(lambda: is_gone(pid))


if sys.platform != "win32":  # where Ctrl-C reaches no process of another group

    async def test_ctrl_c_is_for_the_service() -> None:
        async with speech(config()) as (process, queue):
            await say(queue)
            same = worker(process)
            same.send_signal(signal.SIGINT)
            assert await say(queue) == "打开计算器"
            assert worker(process).pid == same.pid
