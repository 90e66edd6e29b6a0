"""A real speech process for the tests, and what can be seen of it from outside."""

from __future__ import annotations

import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil

from tests.support.sounds import clip
from voice_assistant.models.known import built_in
from voice_assistant.speech.config import Choice, EngineConfig
from voice_assistant.speech.service.backoff import Backoff
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.recordings import Recordings
from voice_assistant.speech.task import RecognitionOptions

CLIP = clip("zm_yunxi_000")
"""打开计算器."""

ZH = RecognitionOptions(("zh",), "")

LONG_S = 60.0
"""For what is sure to happen; never reached."""


def config(engine: str = "fake", model: str = "base", **values: object) -> EngineConfig:
    """A configuration for a model; one that is not known is like medium, and nowhere."""
    fields: dict[str, object] = {
        "engine": engine,
        "model": built_in().get(model) or replace(built_in()["medium"], name=model),
        "model_dir": Path("unused"),
        "device": "cpu",
        "compute_type": "int8",
        "memory_fraction": 1.0,
        "threads": 1,
        "max_audio_s": 60.0,
    }
    return EngineConfig(**{**fields, **values})  # type: ignore[arg-type]


@asynccontextmanager
async def speech(
    *chosen: EngineConfig,
    keep_alive_s: float = -1,
    limit_s: float = LONG_S,
    backoff: Backoff | None = None,
) -> AsyncIterator[tuple[SpeechProcess, Recordings]]:
    process = SpeechProcess(lambda: Choice(chosen), keep_alive_s, backoff)
    try:
        yield process, Recordings(process, 4, limit_s)
    finally:
        await process.stop()


async def say(queue: Recordings, data: bytes = CLIP) -> str:
    """What is written for a recording."""
    return (await queue.transcribe(data, ZH)).text


def worker(process: SpeechProcess) -> psutil.Process:
    assert process.info is not None
    return psutil.Process(process.info.pid)


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def children() -> set[int]:
    """Of this process, by `multiprocessing`; other tests may have some, too."""
    return {child.pid for child in multiprocessing.active_children() if child.pid}
