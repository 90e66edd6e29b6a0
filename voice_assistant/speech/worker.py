"""What runs inside the speech process; `process.py` calls it by name, to import it only there."""

from __future__ import annotations

import importlib
import os
import time
from importlib.resources import files

from voice_assistant.errors import ModelError
from voice_assistant.speech import pipeline
from voice_assistant.speech.engine import Engine, EngineConfig, EngineInfo
from voice_assistant.speech.transcript import Transcript

ENGINES = {
    "ctranslate2": ("voice_assistant.speech.ctranslate2_engine", "CTranslate2Engine"),
    "fake": ("voice_assistant.speech.fake_engine", "FakeEngine"),
}
"""Where each engine lives: a module is imported only if its engine is wanted."""

_state: dict[str, tuple[Engine, float]] = {}


def load(config: EngineConfig) -> EngineInfo:
    """Load the model and warm it with a real recognition.

    Raises:
        ModelError: the model is missing, damaged or cannot be loaded.
    """
    began = time.perf_counter()
    module, name = ENGINES[config.engine]
    try:
        engine: Engine = getattr(importlib.import_module(module), name)(config)
        _warm_up(engine)
    except (ImportError, OSError, RuntimeError, MemoryError) as error:
        detail = f"{type(error).__name__}: {error}"
        raise ModelError("MODEL_LOAD_FAILED", model=config.model, detail=detail) from error
    _state["engine"] = (engine, config.max_audio_s)
    return EngineInfo(
        engine=engine.name,
        model=config.model,
        device=engine.device,
        compute_type=engine.compute_type,
        pid=os.getpid(),
        load_s=round(time.perf_counter() - began, 2),
    )


def transcribe(data: bytes, language: str | None, prompt: str) -> Transcript:
    """Write down a recording with the loaded engine; see `pipeline.transcribe`."""
    engine, max_s = _state["engine"]
    return pipeline.transcribe(engine, data, max_s=max_s, language=language, prompt=prompt)


def _warm_up(engine: Engine) -> None:
    """The first call allocates memory and starts threads; it must not be a person's."""
    clip = (files("voice_assistant.speech") / "data" / "warm_up.flac").read_bytes()
    pipeline.transcribe(engine, clip, max_s=60, language="zh", prompt="打开计算器。")
