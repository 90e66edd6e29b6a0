from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest

from tests.speech.sounds import clip
from voice_assistant.errors import ModelError
from voice_assistant.speech import worker
from voice_assistant.speech.engine import EngineConfig, Hypothesis
from voice_assistant.speech.fake_engine import FakeEngine
from voice_assistant.speech.samples import SAMPLE_RATE, Samples

FAKE = EngineConfig("fake", "base", Path("unused"), 0, 60)


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_state", {})


def test_load_and_transcribe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_FAKE_TEXT", "打開微信")
    info = worker.load(FAKE)
    assert (info.engine, info.model, info.device, info.pid) == ("fake", "base", "cpu", os.getpid())
    assert info.load_s >= 0
    transcript = worker.transcribe(clip("zm_yunxi_000"), "zh", "")
    assert transcript.text == "打开微信"


def test_it_is_warmed_by_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[float] = []

    def recognise(engine: FakeEngine, samples: Samples, language: str, prompt: str) -> Hypothesis:
        heard.append(len(samples) / SAMPLE_RATE)
        return Hypothesis("", language, 0.0, 0.0)

    monkeypatch.setattr(FakeEngine, "recognise", recognise)
    worker.load(FAKE)
    assert len(heard) == 1
    assert heard[0] > 1


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (ImportError("no library"), "ImportError: no library"),
        (RuntimeError("CUDA is unhappy"), "RuntimeError: CUDA is unhappy"),
        (MemoryError(), "MemoryError: "),
        (PermissionError(13, "Permission denied", "m"), "Permission denied"),
    ],
)
def test_an_engine_that_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, error: Exception, detail: str
) -> None:
    def fail(config: EngineConfig) -> None:
        raise error

    monkeypatch.setattr("voice_assistant.speech.fake_engine.FakeEngine", fail)
    with pytest.raises(ModelError) as caught:
        worker.load(FAKE)
    assert caught.value.code == "MODEL_LOAD_FAILED"
    assert caught.value.params["model"] == "base"
    assert detail in str(caught.value.params["detail"])


def test_every_engine_can_be_imported() -> None:
    for module, name in worker.ENGINES.values():
        assert hasattr(importlib.import_module(module), name)
