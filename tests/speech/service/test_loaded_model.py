from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from tests.support.speech_process import CLIP, LONG_S, ZH, children, config, is_gone
from tests.support.waiting import eventually
from voice_assistant.errors import ModelError
from voice_assistant.speech.service.loaded_model import LoadedModel
from voice_assistant.speech.task import Task

pytestmark = pytest.mark.anyio


async def test_from_loading_to_the_end() -> None:
    model = LoadedModel(config(model="medium"))
    assert (model.info, model.is_alive(), model.memory_bytes()) == (None, False, 0)
    try:
        await model.load()
        assert model.info is not None
        assert model.info.model == model.config.model.name == "medium"
        assert model.info.pass_s > 0
        assert model.is_alive()
        assert model.memory_bytes() > 10e6
        [piece] = await model.call("run", [Task(1, CLIP, 0, ZH)], [])
        assert piece.segments[0].text == "打开计算器"
    finally:
        model.end()
    assert is_gone(model.info.pid)
    assert (model.is_alive(), model.memory_bytes()) == (False, 0)


async def test_what_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    model = LoadedModel(config("ctranslate2", model="medium", model_dir=tmp_path))
    try:
        with pytest.raises(ModelError, match="MODEL_MISSING"):
            await model.load()
        assert model.info is None
    finally:
        model.end()


async def test_a_process_that_dies_while_it_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_DELAY_S", str(10 * LONG_S))
    before = children()
    model = LoadedModel(config())
    try:
        loading = asyncio.create_task(model.load())
        await eventually(model.is_alive)
        [pid] = children() - before
        psutil.Process(pid).kill()
        with pytest.raises(ModelError, match="MODEL_LOAD_FAILED"):
            await asyncio.wait_for(loading, LONG_S)
    finally:
        model.end()
