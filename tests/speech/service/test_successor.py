from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.speech_process import LONG_S, children, config, is_gone
from tests.support.waiting import eventually
from voice_assistant.errors import ModelError
from voice_assistant.speech.service.successor import Successor

pytestmark = pytest.mark.anyio


async def test_prepared_and_taken() -> None:
    successor = Successor()
    assert (successor.is_under_way, successor.memory_bytes(), successor.take()) == (False, 0, None)
    assert await successor.prepare(config(model="medium"))
    assert successor.is_under_way
    assert successor.memory_bytes() > 10e6
    model = successor.take()
    assert model is not None
    try:
        assert model.config.model.name == "medium"
        assert (successor.is_under_way, successor.take()) == (False, None)
        await successor.drop()
        assert model.is_alive()
    finally:
        model.end()


async def test_what_cannot_be_loaded(tmp_path: Path) -> None:
    before = children()
    successor = Successor()
    with pytest.raises(ModelError, match="MODEL_MISSING"):
        await successor.prepare(config("ctranslate2", model="medium", model_dir=tmp_path))
    assert not successor.is_under_way
    assert children() == before


async def test_dropped_while_it_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_DELAY_S", str(10 * LONG_S))
    before = children()
    successor = Successor()
    preparing = asyncio.create_task(successor.prepare(config()))
    await eventually(lambda: successor.memory_bytes() > 0)
    [pid] = children() - before
    assert successor.take() is None
    await asyncio.wait_for(successor.drop(), LONG_S)
    assert await asyncio.wait_for(preparing, LONG_S) is False
    assert is_gone(pid)


async def test_dropped_when_it_is_ready() -> None:
    before = children()
    successor = Successor()
    await successor.prepare(config())
    await successor.drop()
    assert children() == before
