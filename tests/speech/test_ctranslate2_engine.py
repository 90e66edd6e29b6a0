from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.speech.sounds import clip, tone
from voice_assistant.errors import ModelError
from voice_assistant.speech.audio import decode
from voice_assistant.speech.ctranslate2_engine import CTranslate2Engine, compression_ratio
from voice_assistant.speech.engine import EngineConfig, Hypothesis
from voice_assistant.speech.samples import Samples
from voice_assistant.speech.text import clean, fold

PROMPT = "打开计算器、浏览器、百度、微信。搜索天气。"

SPOKEN = {
    "zm_yunxi_000": "打开计算器",
    "zf_xiaoyi_016": "打开百度",
    "zm_yunxi_025": "用百度搜索红烧肉的做法",
    "zf_xiaobei_030": "今天天气怎么样",
    "zf_xiaoyi_031": "现在几点了",
    "zf_xiaobei_032": "给我讲个笑话吧",
    "zm_yunjian_039": "怎么打开计算器",
    "zm_yunjian_040": "不要打开微信",
}


class Attempts:
    """Stands in for `_attempt`: says one thing after the other and remembers what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *said: tuple[str, float, bool]) -> None:
        from voice_assistant.speech import ctranslate2_engine

        self._said = iter(said)
        self._kind = ctranslate2_engine._Attempt
        self.asked: list[tuple[float, str]] = []
        monkeypatch.setattr(CTranslate2Engine, "_attempt", self._attempt)

    def _attempt(self, samples: Samples, context_s: float, language: str, prompt: str) -> Any:
        self.asked.append((context_s, prompt))
        text, log_probability, capped = next(self._said)
        return self._kind(Hypothesis(text, language, log_probability, 0.0), capped=capped)


@pytest.mark.parametrize("name", SPOKEN)
def test_it_writes_down_what_is_said(engine: CTranslate2Engine, name: str) -> None:
    hypothesis = engine.recognise(decode(clip(name), max_s=60), "zh", PROMPT)
    assert fold(clean(hypothesis.text, "zh")) == SPOKEN[name]
    assert hypothesis.language == "zh"
    assert -1 < hypothesis.average_log_probability < 0
    assert 0 <= hypothesis.no_speech_probability < 0.2


def test_it_detects_the_language(engine: CTranslate2Engine, spoken: Samples) -> None:
    hypothesis = engine.recognise(spoken, None, "")
    assert hypothesis.language == "zh"
    assert fold(clean(hypothesis.text, "zh")) == "打开计算器"


def test_the_language_matters(engine: CTranslate2Engine, spoken: Samples) -> None:
    hypothesis = engine.recognise(spoken, "ja", "")
    assert hypothesis.language == "ja"
    assert hypothesis.text != engine.recognise(spoken, "zh", "").text


def test_the_prompt_matters(engine: CTranslate2Engine) -> None:
    samples = decode(clip("zf_xiaoyi_016"), max_s=60)
    assert fold(engine.recognise(samples, "zh", PROMPT).text) == "打开百度"
    assert fold(engine.recognise(samples, "zh", "打开摆渡、摆度。").text) != "打开百度"


def test_a_prompt_that_is_too_long(engine: CTranslate2Engine, spoken: Samples) -> None:
    hypothesis = engine.recognise(spoken, "zh", PROMPT + "明天北京会下雨吗？" * 200)
    assert "计算器" in clean(hypothesis.text, "zh")


def test_the_longest_stretch(engine: CTranslate2Engine) -> None:
    pause = np.zeros(16_000, np.float32)
    parts = [part for name in SPOKEN for part in (decode(clip(name), max_s=60), pause)]
    samples = np.concatenate(parts)[: 29 * 16_000]
    assert len(samples) > 25 * 16_000
    text = fold(clean(engine.recognise(samples, "zh", "").text, "zh"))
    assert "今天天气怎么样" in text
    assert "现在几点了" in text
    assert "笑话" in text


def test_a_short_recording_is_given_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = Attempts(monkeypatch, ("打开计算器", -0.1, False))
    hypothesis = CTranslate2Engine.recognise(_blank(), tone(2), "zh", PROMPT)
    assert hypothesis.text == "打开计算器"
    assert attempts.asked == [(10.0, PROMPT)]


def test_a_longer_one_is_given_two_seconds_more(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = Attempts(monkeypatch, ("好", -0.1, False))
    CTranslate2Engine.recognise(_blank(), tone(12.5), "zh", PROMPT)
    assert attempts.asked == [(14.5, PROMPT)]


@pytest.mark.parametrize(
    "wrong",
    [("我认识你" * 3, -0.1, True), ("你", -1.1, False), ("打开微信。" * 10, -0.1, False)],
    ids=["reached the cap", "unlikely", "a loop"],
)
def test_what_looks_wrong_is_heard_again_in_full(
    monkeypatch: pytest.MonkeyPatch, wrong: tuple[str, float, bool]
) -> None:
    attempts = Attempts(monkeypatch, wrong, ("打开微信", -0.2, False))
    assert CTranslate2Engine.recognise(_blank(), tone(2), "zh", PROMPT).text == "打开微信"
    assert attempts.asked == [(10.0, PROMPT), (30.0, "")]


def test_a_long_one_is_heard_in_full_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = Attempts(monkeypatch, ("好" * 99, -3, True))
    assert CTranslate2Engine.recognise(_blank(), tone(28.5), "zh", PROMPT).text == "好" * 99
    assert attempts.asked == [(30.0, "")]


@pytest.mark.parametrize("seconds", [0.5, 2.0, 27.9])
def test_a_real_loop_reaches_the_cap(engine: CTranslate2Engine, seconds: float) -> None:
    class Looping:
        def encode(self, mel: object) -> object:
            return mel

        def generate(self, encoded: object, prompts: list[list[int]], **options: Any) -> Any:
            length = min(options["max_length"], 448)  # the positions that a decoder has
            most = min(length // 2, length - len(prompts[0]) + 1)

            class Result:
                sequences_ids = ([25641] * most,)
                scores = (-0.1,)
                no_speech_prob = 0.1

            return [Result()]

    looping = _blank()
    looping._tokenizer, looping._model = engine._tokenizer, Looping()
    looping._heard = None
    attempt = looping._attempt(tone(seconds), 30.0, "zh", PROMPT * 20)
    assert attempt.capped


def test_compression() -> None:
    assert compression_ratio("") == 0
    assert compression_ratio("打开计算器。") < 1
    assert compression_ratio("明天北京会下雨吗？我想学习怎么做红烧肉。") < 1.2
    assert compression_ratio("我认识你" * 10) > 3


def test_an_unknown_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        CTranslate2Engine(EngineConfig("ctranslate2", "huge", tmp_path, 1, 60))
    assert caught.value.code == "MODEL_MISSING"
    assert list(tmp_path.iterdir()) == []


def test_weights_that_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path, tmp_path: Path
) -> None:
    from voice_assistant.speech import ctranslate2_engine

    (tmp_path / "model.bin").write_bytes(b"not a model")
    monkeypatch.setattr(ctranslate2_engine, "install_model", lambda model, folder: tmp_path)
    monkeypatch.setattr(ctranslate2_engine, "verify_model", lambda model, folder: None)
    monkeypatch.setattr(ctranslate2_engine, "Tokenizer", lambda path: None)
    with pytest.raises(ModelError) as caught:
        CTranslate2Engine(EngineConfig("ctranslate2", "base", model_dir, 1, 60))
    assert caught.value.code == "MODEL_LOAD_FAILED"


def _blank() -> CTranslate2Engine:
    """An engine without a model."""
    blank = CTranslate2Engine.__new__(CTranslate2Engine)
    blank._n_mels = 80
    return blank


def test_hearing_the_same_again_costs_only_the_decoder(engine: CTranslate2Engine) -> None:
    class Counting:
        encoded = 0

        def encode(self, mel: object) -> object:
            self.encoded += 1
            return mel

        def generate(self, encoded: object, prompts: list[list[int]], **options: Any) -> Any:
            class Result:
                sequences_ids = ([25641],)
                scores = (-0.1,)
                no_speech_prob = 0.1

            return [Result()]

    hearing, model = _blank(), Counting()
    hearing._tokenizer, hearing._model, hearing._heard = engine._tokenizer, model, None
    hearing.recognise(tone(1), "zh", "")
    hearing.recognise(tone(1), "zh", PROMPT)
    assert model.encoded == 1
    hearing.recognise(tone(2), "zh", PROMPT)
    hearing.recognise(tone(1), "zh", PROMPT)
    assert model.encoded == 3
