from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.sounds import clip
from tests.support.speech_process import ZH, config
from voice_assistant.engines import ENGINES
from voice_assistant.errors import AudioError, ModelError
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.task import Piece, Task
from voice_assistant.speech.worker import main as worker
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine
from voice_assistant.speech.worker.whisper.engine import Decoding
from voice_assistant.speech.worker.whisper.fake import FakeEngine


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_state", {})


def texts(results: Sequence[Piece | AudioError]) -> list[str]:
    return [
        result.code if isinstance(result, AudioError) else result.segments[0].text
        for result in results
    ]


def test_load_and_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_TEXT", "打開微信")
    info = worker.load(config())
    assert (info.engine, info.model, info.device, info.pid) == ("fake", "base", "cpu", os.getpid())
    assert info.load_s >= 0
    tasks = [Task(1, clip("zm_yunxi_000"), 0, ZH), Task(2, b"no audio", 0, ZH)]
    assert texts(worker.run(tasks, [])) == ["打开微信", "UNSUPPORTED_FORMAT"]


def test_how_long_a_look_takes_is_measured_when_all_is_warm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = iter([1.0, 1.0, 0.03])
    clock = [100.0]
    decode = FakeEngine.decode

    def slow(engine: FakeEngine, *arguments: Any) -> list[Decoding]:
        clock[0] += next(taken, 0.03)
        return decode(engine, *arguments)

    monkeypatch.setattr(FakeEngine, "decode", slow)
    monkeypatch.setattr("voice_assistant.speech.worker.main.time.perf_counter", lambda: clock[0])
    info = worker.load(config())
    assert 0 < info.pass_s < 0.1
    assert info.load_s > 2


def test_the_look_that_is_measured_is_a_single_one(
    model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    encode = CTranslate2Engine.encode

    def watched(engine: CTranslate2Engine, batch: Sequence[Samples]) -> list[Any]:
        looks.extend(len(samples) / SAMPLE_RATE for samples in batch)
        return encode(engine, batch)

    monkeypatch.setattr(CTranslate2Engine, "encode", watched)
    worker.load(config("ctranslate2", model_dir=model_dir))
    # Were the clip heard once more with all of the context, that would be the last.
    assert looks[-1] == 6


def test_the_script_is_that_of_the_settings() -> None:
    worker.load(config(script="traditional"))
    assert texts(worker.run([Task(1, clip("zm_yunxi_000"), 0, ZH)], [])) == ["打開計算器"]


def test_what_is_closed_is_forgotten() -> None:
    worker.load(config())
    worker.run([Task(1, clip("zm_yunxi_000"), 0, ZH)], [])
    assert texts(worker.run([Task(1, None, 0, ZH)], [])) == ["打开计算器"]
    with pytest.raises(KeyError):
        worker.run([Task(1, None, 0, ZH)], [1])


def test_every_context_is_warmed_both_looks_with_speech_in_every_lane(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: dict[float, list[int]] = {}

    def encode(engine: FakeEngine, batch: Sequence[Samples]) -> list[bool]:
        context_s = len(batch[0]) / SAMPLE_RATE
        assert context_s == 30 or all(np.abs(samples).max() > 0.01 for samples in batch)
        heard.setdefault(context_s, []).append(len(batch))
        return [True] * len(batch)

    monkeypatch.setattr(FakeEngine, "encode", encode)
    monkeypatch.setattr(FakeEngine, "lanes", 2)
    worker.load(config())
    assert heard == {30.0: [1, 1], 10.0: [2, 2], 6.0: [2, 2, 1]}


def test_what_warmed_it_is_forgotten() -> None:
    worker.load(config())
    with pytest.raises(KeyError):
        worker.run([Task(0, None, 0, ZH)], [])


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [
        (ImportError("no library"), "MODEL_LOAD_FAILED", "ImportError: no library"),
        (RuntimeError("CUDA is unhappy"), "MODEL_LOAD_FAILED", "RuntimeError: CUDA is unhappy"),
        (PermissionError(13, "Permission denied"), "MODEL_LOAD_FAILED", "Permission denied"),
        (MemoryError("2 GB"), "OUT_OF_MEMORY", "2 GB"),
    ],
)
def test_an_engine_that_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: str, detail: str
) -> None:
    def fail(chosen: EngineConfig) -> None:
        raise error

    monkeypatch.setattr("voice_assistant.speech.worker.whisper.fake.FakeEngine", fail)
    with pytest.raises(ModelError) as caught:
        worker.load(config())
    assert (caught.value.code, caught.value.params["model"]) == (code, "base")
    assert detail in str(caught.value.params["detail"])


def test_memory_that_lasts_for_the_weights_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> list[Decoding]:
        raise MemoryError

    monkeypatch.setattr(FakeEngine, "decode", fail)
    with pytest.raises(ModelError, match="OUT_OF_MEMORY"):
        worker.load(config())


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_can_be_imported(engine: str) -> None:
    if engine == "torch":
        pytest.importorskip("torch", reason="the torch engine's packages are not installed")
    traits = ENGINES[engine]
    found = getattr(importlib.import_module(traits.module), traits.class_name)
    assert found.name == engine
