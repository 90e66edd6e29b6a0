from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.speech_process import (
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
from voice_assistant.errors import AudioError, ModelError, VoiceError
from voice_assistant.models.known import built_in
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.recordings import Recordings

pytestmark = pytest.mark.anyio


async def test_load_and_transcribe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_TEXT", "打開微信")
    async with speech(config()) as (process, queue):
        assert (process.status, process.info, process.memory_bytes()) == ("stopped", None, 0)
        process.start()
        assert (process.status, process.info) == ("loading", None)
        text = await say(queue)
        assert text == "打开微信"
        assert process.status == "ready"
        assert process.info is not None
        assert process.info.engine == "fake"
        assert process.info.pid != os.getpid()
        assert process.memory_bytes() > 10e6
        assert (queue.waiting, queue.running) == (0, 0)


async def test_starting_twice_starts_one() -> None:
    before = children()
    async with speech(config()) as (process, queue):
        process.start()
        process.start()
        await say(queue)
        process.start()
        assert len(children() - before) == 1


async def test_errors_cross_with_what_they_say() -> None:
    async with speech(config(max_audio_s=1.5)) as (process, queue):
        with pytest.raises(AudioError) as caught:
            await say(queue)
        assert (caught.value.code, caught.value.params) == ("AUDIO_TOO_LONG", {"limit_s": 1.5})
        pid = worker(process).pid
        with pytest.raises(AudioError, match="EMPTY_AUDIO"):
            await say(queue, b"")
        assert worker(process).pid == pid


async def test_the_memory_is_given_back_when_nobody_speaks() -> None:
    async with speech(config(), keep_alive_s=0.1) as (process, queue):
        await say(queue)
        pid = worker(process).pid
        await eventually(lambda: is_gone(pid))
        assert (process.status, process.info, process.memory_bytes()) == ("idle", None, 0)
        assert await say(queue) == "打开计算器"
        assert process.generation == 2


async def test_memory_that_is_given_back_at_once() -> None:
    async with speech(config(), keep_alive_s=0) as (process, queue):
        for _ in range(3):
            assert await say(queue) == "打开计算器"
            await eventually(lambda: process.status == "idle")


async def test_speech_keeps_it_alive() -> None:
    async with speech(config(), keep_alive_s=LONG_S) as (process, queue):
        await say(queue)
        pid = worker(process).pid
        assert await say(queue) == "打开计算器"
        assert worker(process).pid == pid


async def test_what_cannot_be_loaded_is_replaced_by_the_next(tmp_path: Path) -> None:
    broken = config("ctranslate2", model="medium", model_dir=tmp_path)
    async with speech(broken, config()) as (process, queue):
        assert await say(queue) == "打开计算器"
        assert process.info is not None
        assert process.info.engine == "fake"
        assert process.fallback is not None
        assert (process.fallback.code, process.fallback.params) == (
            "MODEL_MISSING",
            {"model": "medium"},
        )


async def test_a_model_without_memory_is_replaced_by_the_next() -> None:
    async with speech(config(model="medium"), config()) as (process, queue):
        await say(queue)
        assert process.info is not None
        assert process.info.model == "medium"
        assert await process.give_up_model()
        assert await say(queue) == "打开计算器"
        assert process.info.model == "base"
        assert process.fallback is not None
        assert process.fallback.params["model"] == "medium"
        assert not await process.give_up_model()


async def fails_to_load(process: SpeechProcess, queue: Recordings) -> VoiceError:
    with pytest.raises(ModelError) as caught:
        await say(queue)
    assert process.status == "failed"
    assert process.info is None
    assert process.problem is not None
    assert process.problem.code == caught.value.code
    return caught.value


async def test_an_unknown_model(tmp_path: Path) -> None:
    chosen = config("ctranslate2", model="huge", model_dir=tmp_path)
    async with speech(chosen) as (process, queue):
        error = await fails_to_load(process, queue)
        assert (error.code, error.params) == ("MODEL_MISSING", {"model": "huge"})


async def test_a_damaged_model_is_repaired(tmp_path: Path, model_dir: Path) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    for file in built_in()["base"].files:
        os.link(model_dir / "base" / file.name, folder / file.name)
    damaged = folder / "config.json"
    good = damaged.read_bytes()
    damaged.unlink()
    damaged.write_bytes(bytes(len(good)))

    async with speech(config("ctranslate2", model_dir=tmp_path)) as (process, _):
        process.start()
        await eventually(lambda: process.status != "loading")
        assert (process.status, process.problem) == ("ready", None)
        assert damaged.read_bytes() == good


def test_the_service_s_side_stays_light() -> None:
    code = "import sys, voice_assistant.speech.service.process; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "psutil" in loaded
    assert not loaded & {"av", "ctranslate2", "numpy", "tiktoken", "torch"}
