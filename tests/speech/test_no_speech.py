"""Nobody speaks: the real model, with the prompt that makes it write commands under silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.hostile_uploads import wav
from tests.speech.sounds import clip, sounds_without_speech
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.speech.audio import decode
from voice_assistant.speech.ctranslate2_engine import CTranslate2Engine
from voice_assistant.speech.pipeline import transcribe
from voice_assistant.speech.samples import Samples
from voice_assistant.speech.text import fold

SOUNDS = dict(sounds_without_speech())


def as_file(samples: Samples) -> bytes:
    return wav((samples * 32767).round().astype("<i2").tobytes())


@pytest.fixture(scope="module")
def prompt() -> str:
    return CommandLibrary(Path("nonexistent"), "linux").prompt()


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_are_no_words(engine: CTranslate2Engine, prompt: str, name: str) -> None:
    transcript = transcribe(engine, as_file(SOUNDS[name]), max_s=60, language="zh", prompt=prompt)
    assert transcript.text == ""
    assert transcript.segments == ()


@pytest.mark.parametrize("decibels", [0, -20, -40])
def test_words_are_not_lost(engine: CTranslate2Engine, prompt: str, decibels: float) -> None:
    quieter = decode(clip("zm_yunxi_000"), max_s=60) * np.float32(10 ** (decibels / 20))
    transcript = transcribe(engine, as_file(quieter), max_s=60, language="zh", prompt=prompt)
    assert fold(transcript.text) == "打开计算器"


def test_words_in_noise_are_not_lost(engine: CTranslate2Engine, prompt: str) -> None:
    samples = decode(clip("zm_yunxi_000"), max_s=60)
    noisy = samples + SOUNDS["pink noise -30 dB"][: len(samples)]
    transcript = transcribe(engine, as_file(noisy), max_s=60, language="zh", prompt=prompt)
    assert fold(transcript.text) == "打开计算器"
