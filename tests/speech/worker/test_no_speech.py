"""Nobody speaks: the real model, with the prompt that makes it write commands under silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.support.hostile_uploads import wav
from tests.support.sounds import at_level, clip, noise, short_clip, sounds_without_speech
from voice_assistant.assistant.expectations import first_prompt
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.speech.worker.pipeline import transcribe
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import Samples
from voice_assistant.speech.worker.text import fold
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions, Encoded

SOUNDS = dict(sounds_without_speech())


def as_file(samples: Samples) -> bytes:
    return wav((samples * 32767).round().astype("<i2").tobytes())


@pytest.fixture(scope="module")
def prompt() -> str:
    return first_prompt(CommandLibrary(Path("nonexistent"), "linux"))


class DeafEngine:
    """Fails the test that lets it hear anything."""

    name, device, compute_type, lanes = "deaf", "cpu", "int8", 1

    def encode(self, batch: Sequence[Samples]) -> list[Encoded]:
        raise AssertionError("sent to the model")

    def language_probabilities(self, encoded: Encoded) -> Mapping[str, float]:
        raise AssertionError("sent to the model")

    def decode(
        self, batch: Sequence[Encoded], options: Sequence[DecodingOptions]
    ) -> list[Decoding]:
        raise AssertionError("sent to the model")

    def score(self, encoded: Encoded, language: str, texts: Sequence[str]) -> list[float]:
        raise AssertionError("sent to the model")


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_never_reach_the_model(prompt: str, name: str) -> None:
    for language in ("zh", None):
        transcript = transcribe(
            DeafEngine(), as_file(SOUNDS[name]), max_s=60, language=language, prompt=prompt
        )
        assert transcript.text == ""
        assert transcript.segments == ()


def test_two_minutes_of_silence_never_reach_the_model(prompt: str) -> None:
    silence = as_file(at_level(noise(120), -60))
    transcript = transcribe(DeafEngine(), silence, max_s=600, language="zh", prompt=prompt)
    assert transcript.text == ""
    assert transcript.duration_s == 120


@pytest.mark.parametrize("name", SOUNDS)
def test_what_may_pass_for_speech_is_no_words_either(
    engine: CTranslate2Engine, prompt: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "voice_assistant.speech.worker.sound.silence.speech_likelihood", lambda _: 0.6
    )
    sound = as_file(SOUNDS[name])
    transcript = transcribe(engine, sound, max_s=60, language="zh", prompt=prompt)
    assert transcript.text == ""


@pytest.mark.parametrize("decibels", [0, -30, -40])
@pytest.mark.parametrize("name", ["zm_yunxi_000", "zf_xiaobei_030", "zm_yunjian_039"])
def test_a_syllable_or_two_give_text(
    engine: CTranslate2Engine, prompt: str, name: str, decibels: float
) -> None:
    word = short_clip(decode(clip(name), max_s=60)) * np.float32(10 ** (decibels / 20))
    transcript = transcribe(engine, as_file(word), max_s=60, language="zh", prompt=prompt)
    assert transcript.text


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
