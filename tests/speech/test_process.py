from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.speech.speech_process import CLIP, children, config, eventually, speech, worker
from voice_assistant.errors import AudioError, ModelError, RequestError, VoiceError
from voice_assistant.models.known import MODELS
from voice_assistant.speech.process import SpeechProcess

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]


async def test_load_and_transcribe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_TEXT", "打開微信")
    async with speech(config()) as process:
        assert (process.status, process.info, process.memory_mb()) == ("stopped", None, 0)
        process.start()
        assert (process.status, process.info) == ("loading", None)
        transcript = await process.transcribe(CLIP, "zh", "")
        assert transcript.text == "打开微信"
        assert process.status == "ready"
        assert process.info is not None
        assert process.info.engine == "fake"
        assert process.info.pid != os.getpid()
        assert process.memory_mb() > 10
        assert (process.waiting, process.running) == (0, 0)


async def test_starting_twice_starts_one() -> None:
    before = children()
    async with speech(config()) as process:
        process.start()
        process.start()
        await process.transcribe(CLIP, "zh", "")
        process.start()
        assert len(children() - before) == 1


async def test_errors_cross_with_what_they_say() -> None:
    async with speech(config(max_audio_s=1.5)) as process:
        with pytest.raises(AudioError) as caught:
            await process.transcribe(CLIP, "zh", "")
        assert (caught.value.code, caught.value.params) == ("AUDIO_TOO_LONG", {"limit_s": 1.5})
        pid = worker(process).pid
        with pytest.raises(AudioError, match="EMPTY_AUDIO"):
            await process.transcribe(b"", "zh", "")
        assert worker(process).pid == pid


async def test_one_at_a_time_and_so_many_may_wait() -> None:
    async with speech(config(), queue_size=2) as process:
        await process.transcribe(CLIP, "zh", "")
        worker(process).suspend()
        tasks = [asyncio.create_task(process.transcribe(CLIP, "zh", "")) for _ in range(3)]
        await eventually(lambda: process.waiting == 2)
        assert process.running == 1
        with pytest.raises(RequestError, match="BUSY"):
            await process.transcribe(CLIP, "zh", "")
        worker(process).resume()
        transcripts = await asyncio.gather(*tasks)
        assert [transcript.text for transcript in transcripts] == ["打开计算器"] * 3
        assert (process.waiting, process.running) == (0, 0)


async def test_who_gives_up_waiting_leaves_the_queue() -> None:
    async with speech(config(), queue_size=1) as process:
        await process.transcribe(CLIP, "zh", "")
        worker(process).suspend()
        first, second = (asyncio.create_task(process.transcribe(CLIP, "zh", "")) for _ in range(2))
        await eventually(lambda: process.waiting == 1)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        assert process.waiting == 0
        worker(process).resume()
        assert (await first).text == "打开计算器"


async def fails_to_load(process: SpeechProcess) -> VoiceError:
    with pytest.raises(ModelError) as caught:
        await process.transcribe(CLIP, "zh", "")
    assert process.status == "failed"
    assert process.info is None
    assert process.problem is not None
    assert process.problem.code == caught.value.code
    return caught.value


async def test_an_unknown_model(tmp_path: Path) -> None:
    chosen = config("ctranslate2", model="huge", model_dir=tmp_path)
    async with speech(chosen) as process:
        error = await fails_to_load(process)
        assert (error.code, error.params) == ("MODEL_MISSING", {"model": "huge"})


async def test_a_damaged_model_is_repaired(tmp_path: Path, model_dir: Path) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    for file in MODELS["base"].files:
        os.link(model_dir / "base" / file.name, folder / file.name)
    damaged = folder / "config.json"
    good = damaged.read_bytes()
    damaged.unlink()
    damaged.write_bytes(bytes(len(good)))

    async with speech(config("ctranslate2", model_dir=tmp_path)) as process:
        error = await fails_to_load(process)
        assert (error.code, error.params) == ("MODEL_DAMAGED", {"file": str(damaged)})
        assert not damaged.exists()
        process.start()
        await eventually(lambda: process.status != "loading")
        assert (process.status, process.problem) == ("ready", None)
        assert damaged.read_bytes() == good


@pytest.mark.parametrize("module", ["voice_assistant.speech.process", "voice_assistant.server"])
def test_the_service_stays_light(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "psutil" in loaded
    assert not loaded & {"av", "ctranslate2", "numpy", "tiktoken", "torch"}
