from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.speech_process import children, config
from voice_assistant.errors import ModelError
from voice_assistant.speech.config import Choice, EngineConfig
from voice_assistant.speech.service.loaded_model import LoadedModel
from voice_assistant.speech.service.model_loader import ModelLoader, share_card

pytestmark = pytest.mark.anyio

BASE, MEDIUM = config(), config(model="medium")
REFUSED = ModelError("MODEL_ABSENT", model="large-v3")


def broken(folder: Path) -> EngineConfig:
    return config("ctranslate2", model="small", model_dir=folder)


@asynccontextmanager
async def loaded(loader: ModelLoader) -> AsyncIterator[LoadedModel]:
    model = await loader.load_best()
    assert model is not None
    try:
        yield model
    finally:
        model.end()


async def test_the_first_that_can_be_loaded_is(tmp_path: Path) -> None:
    before = children()
    loader = ModelLoader(lambda: Choice([broken(tmp_path), MEDIUM, BASE], REFUSED))
    async with loaded(loader) as model:
        assert model.info is not None
        assert model.config == MEDIUM
        assert children() - before == {model.info.pid}
        assert loader.fallback is not None
        assert loader.fallback.params["model"] == "small"
        assert loader.generation == 2


async def test_the_last_one_says_what_is_wrong_and_the_choice_why_there_was_nothing_better(
    tmp_path: Path,
) -> None:
    before = children()
    loader = ModelLoader(lambda: Choice([broken(tmp_path)], REFUSED))
    with pytest.raises(ModelError, match="MODEL_MISSING") as caught:
        await loader.load_best()
    assert caught.value.params == {"model": "small"}
    assert loader.fallback is REFUSED
    assert children() == before


async def test_what_was_given_up_is_loaded_again_once_that_is_forgiven() -> None:
    loader = ModelLoader(lambda: Choice([MEDIUM, BASE]))
    async with loaded(loader) as model:
        assert loader.give_up(model.config)
    async with loaded(loader) as model:
        assert model.config == BASE
        assert not loader.give_up(model.config)
    loader.forgive()
    async with loaded(loader) as model:
        assert model.config == MEDIUM


async def test_what_is_dropped_while_it_is_chosen_is_not_loaded() -> None:
    asked, answer = threading.Event(), threading.Event()

    def choose() -> Choice:
        asked.set()
        answer.wait()
        return Choice([BASE])

    loader = ModelLoader(choose)
    for load in (loader.load_best(), loader.prepare_better(MEDIUM)):
        loading: asyncio.Task[object] = asyncio.create_task(load)
        await asyncio.to_thread(asked.wait)
        await loader.drop()
        answer.set()
        assert await loading is None
        asked.clear()
        answer.clear()
    assert loader.generation == 0


async def test_a_better_one_is_loaded_beside_and_taken_once() -> None:
    loader = ModelLoader(lambda: Choice([MEDIUM, BASE]))
    assert await loader.prepare_better(BASE) == MEDIUM
    assert loader.is_under_way
    assert loader.memory_bytes() > 10e6
    assert loader.generation == 0
    model = loader.take()
    assert model is not None
    model.end()
    assert model.config == MEDIUM
    assert (loader.generation, loader.is_under_way, loader.take()) == (1, False, None)


async def test_a_better_one_for_the_same_card_waits_for_its_memory() -> None:
    before = children()
    base, medium = (config(model=name, device="cuda") for name in ("base", "medium"))
    loader = ModelLoader(lambda: Choice([medium, base]))
    assert await loader.prepare_better(base) == medium
    assert share_card(base, medium)
    assert not share_card(base, BASE)
    assert not loader.is_under_way
    assert children() == before
