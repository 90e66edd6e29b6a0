"""Load a model and run recognitions; the service calls these functions by name."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

from voice_assistant.engines import ENGINES
from voice_assistant.errors import AudioError, ModelError
from voice_assistant.speech.config import EngineConfig, EngineInfo
from voice_assistant.speech.task import Piece, RecognitionOptions, Task
from voice_assistant.speech.worker.pipeline import Pipeline
from voice_assistant.speech.worker.whisper.engine import Engine

# As long as what the service gives, and as varied: after repetitions base repeats itself, and hears
# the clip once more with all thirty seconds.
_CONTEXT = (
    "打开计算器、记事本、浏览器、任务管理器、微信、QQ、百度、淘宝、哔哩哔哩、抖音。"
    "启动、运行、访问、去看看。锁屏，截图，静音，音量调到五十，搜索天气。"
    "打开文件管理器，访问知乎，启动音乐播放器，去看电影，运行画图，打开日历。"
)

_state: dict[str, Pipeline] = {}


def load(config: EngineConfig) -> EngineInfo:
    """Load the model and warm it with a real recognition.

    Raises:
        ModelError: the model is missing, damaged or cannot be loaded; `OUT_OF_MEMORY`, it does not
            fit into what may be used.
    """
    began = time.perf_counter()
    traits = ENGINES[config.engine]
    try:
        make = getattr(importlib.import_module(traits.module), traits.class_name)
        engine: Engine = make(config)
        pipeline = Pipeline(engine, config.max_audio_s, config.script)
        pass_s = _warm_up(pipeline, engine)
    except MemoryError as error:
        raise ModelError("OUT_OF_MEMORY", model=config.model.name, detail=str(error)) from error
    except (ImportError, OSError, RuntimeError) as error:
        detail = f"{type(error).__name__}: {error}"
        raise ModelError("MODEL_LOAD_FAILED", model=config.model.name, detail=detail) from error
    _state["pipeline"] = pipeline
    return EngineInfo(
        engine=engine.name,
        model=config.model.name,
        device=engine.device,
        compute_type=engine.compute_type,
        pid=os.getpid(),
        load_s=round(time.perf_counter() - began, 2),
        pass_s=round(pass_s, 3),
    )


def run(tasks: Sequence[Task], closed: Sequence[int]) -> list[Piece | AudioError]:
    """Write down windows of recordings, once others are forgotten; see `Pipeline.run`.

    Raises:
        MemoryError: the card's share is used up.
    """
    pipeline = _state["pipeline"]
    pipeline.close(closed)
    return pipeline.run(tasks)


def _warm_up(pipeline: Pipeline, engine: Engine) -> float:
    """Make the first calls, which allocate memory and start threads: they must not be a person's.

    All of Whisper's context at first, in every lane, which is what a second hearing takes: what is
    taken for it later lies above the rest and stays. Then both looks in every lane, and the quick
    one of a single utterance, whose seconds are returned.
    """
    clip = (files("voice_assistant.speech.worker") / "data" / "warm_up.flac").read_bytes()
    quick = RecognitionOptions(("zh",), _CONTEXT)
    numbers = range(2 * engine.lanes)
    pipeline.recogniser.recognise_silence()
    for options in (replace(quick, thorough=True), quick):
        pipeline.run([Task(number, clip, 0, options) for number in numbers])
    began = time.perf_counter()
    pipeline.run([Task(0, clip, 0, quick)])
    pass_s = time.perf_counter() - began
    pipeline.close(numbers)
    return pass_s
