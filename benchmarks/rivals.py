"""Run the engines that `benchmarks.speech` compares, each as a function from a clip to its text.

All have the weights of Whisper base that this project installs: faster-whisper reads the files as
they are, openai-whisper gets its state dict from them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from voice_assistant.models.known import built_in
from voice_assistant.models.store import install_model
from voice_assistant.settings import load_settings
from voice_assistant.speech.worker.sound.audio import decode

Hear = Callable[[str], str]


def _folder() -> str:
    return str(install_model(built_in()["base"], load_settings().model_dir))


def ours() -> Hear:
    """Run one plain pass through this project's pipeline, without service and decision."""
    from voice_assistant.speech.config import EngineConfig
    from voice_assistant.speech.worker.pipeline import transcribe
    from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine

    model_dir = load_settings().model_dir
    engine = CTranslate2Engine(
        EngineConfig("ctranslate2", built_in()["base"], model_dir, "cpu", "int8", 1.0, 0, 60)
    )
    return lambda clip: (
        transcribe(engine, Path(clip).read_bytes(), max_s=60, language="zh", prompt="").text
    )


def faster_whisper(beam: str) -> Hear:
    """Run faster-whisper as int8, otherwise with its defaults."""
    from faster_whisper import WhisperModel

    model = WhisperModel(_folder(), device="cpu", compute_type="int8")

    def hear(clip: str) -> str:
        segments, _ = model.transcribe(clip, language="zh", beam_size=int(beam))
        return "".join(segment.text for segment in segments)

    return hear


def openai_whisper(beam: str) -> Hear:
    """Run openai-whisper, float32 as on every CPU, beam search and best of as many."""
    from benchmarks.gpu_rivals import openai_model
    from voice_assistant.speech.worker.whisper.torch.weights import read_ctranslate2

    model = openai_model(read_ctranslate2(Path(_folder(), "model.bin")), "cpu")
    size = int(beam)

    def hear(clip: str) -> str:
        samples = decode(Path(clip).read_bytes(), 60)  # it would start ffmpeg, which takes longer
        found = model.transcribe(samples, language="zh", beam_size=size, best_of=size, fp16=False)
        return str(found["text"])

    return hear


def whisper_cpp(weights: str) -> Hear:
    """Run whisper.cpp with its defaults."""
    from pywhispercpp.model import Model

    model = Model(weights, language="zh", print_progress=False, print_realtime=False)

    def hear(clip: str) -> str:
        samples = decode(Path(clip).read_bytes(), 60)
        return "".join(segment.text for segment in model.transcribe(samples))

    return hear
