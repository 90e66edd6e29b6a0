"""The real model, its tokenizer and something that was said."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.sounds import clip
from tests.support.speech_process import config
from voice_assistant.models.known import built_in
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import Samples
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer


@pytest.fixture(scope="session")
def spoken() -> Samples:
    """打开计算器, 2.02 s."""
    return decode(clip("zm_yunxi_000"), max_s=60)


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """That of the real model, as its package has it."""
    file = next(file for file in built_in()["base"].files if file.name == "tokenizer.json")
    return Tokenizer(Path(str(files(file.parts[0].package) / file.parts[0].path)))


@pytest.fixture(scope="session")
def engine(model_dir: Path) -> CTranslate2Engine:
    """The real model."""
    return CTranslate2Engine(config("ctranslate2", model_dir=model_dir))
