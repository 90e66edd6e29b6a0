from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ctranslate2
import numpy as np
import psutil
import pytest

from tests.support.sounds import SPOKEN, clip
from tests.support.speech_process import config
from voice_assistant.errors import ModelError
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.text import clean, fold
from voice_assistant.speech.worker.whisper import ctranslate2 as ctranslate2_engine
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer

PROMPT = "打开计算器、浏览器、百度、微信。搜索天气。"

ZH = DecodingOptions("zh", "", 60)


def spoken(name: str, context_s: float = 10.0) -> Samples:
    return padded(decode(clip(name), max_s=60), context_s)


def padded(samples: Samples, context_s: float) -> Samples:
    return np.pad(samples, (0, int(context_s * SAMPLE_RATE) - len(samples)))


def write(
    engine: CTranslate2Engine, sounds: Sequence[Samples], *options: DecodingOptions
) -> list[Decoding]:
    return engine.decode(engine.encode(sounds), options)


def written(decoding: Decoding) -> str:
    return fold(clean(decoding.text, "zh"))


@pytest.mark.parametrize("name", SPOKEN)
def test_it_writes_down_what_is_said(engine: CTranslate2Engine, name: str) -> None:
    [decoding] = write(engine, [spoken(name)], DecodingOptions("zh", PROMPT, 60))
    assert written(decoding) == SPOKEN[name]
    assert not decoding.capped
    assert decoding.timed == ()
    assert -1 < decoding.average_log_probability < 0
    assert 0 <= decoding.no_speech_probability < 0.2


def test_the_context_is_as_long_as_the_sound(engine: CTranslate2Engine) -> None:
    for context_s in (6.0, 15.0, 30.0):
        encoded = engine.encode([spoken("zm_yunxi_000", context_s)] * 2)
        assert [len(each) for each in encoded] == [context_s * 50] * 2
        assert written(engine.decode(encoded[:1], [ZH])[0]) == "打开计算器"


def test_it_detects_the_language(engine: CTranslate2Engine) -> None:
    [encoded] = engine.encode([spoken("zm_yunxi_000")])
    likely = engine.language_probabilities(encoded)
    assert max(likely, key=lambda code: likely[code]) == "zh"
    assert sum(likely.values()) == pytest.approx(1, abs=0.01)
    assert {"zh", "en", "ja"} <= set(likely)


def test_the_language_matters(engine: CTranslate2Engine) -> None:
    sound = spoken("zm_yunxi_000")
    chinese, english = write(engine, [sound, sound], ZH, DecodingOptions("en", "", 60))
    assert chinese.text != english.text


def test_the_prompt_matters(engine: CTranslate2Engine) -> None:
    [encoded] = engine.encode([spoken("zf_xiaoyi_016")])
    options = [DecodingOptions("zh", prompt, 60) for prompt in (PROMPT, "打开摆渡、摆度。")]
    right, wrong = (engine.decode([encoded], [each])[0] for each in options)
    assert written(right) == "打开百度"
    assert written(wrong) != "打开百度"


def test_a_prompt_that_is_too_long(engine: CTranslate2Engine) -> None:
    prompt = PROMPT + "明天北京会下雨吗？" * 200
    [decoding] = write(engine, [spoken("zm_yunxi_000")], DecodingOptions("zh", prompt, 224))
    assert "计算器" in written(decoding)


def test_a_batch_is_what_each_is_alone(engine: CTranslate2Engine) -> None:
    sounds = [spoken(name) for name in SPOKEN][:6]
    options = [
        DecodingOptions("zh", PROMPT, 60),
        DecodingOptions("zh", "", 60, timestamps=True),
        DecodingOptions("zh", "", 60),
        DecodingOptions("zh", PROMPT, 60, beam_size=3),
        DecodingOptions("zh", PROMPT * 20, 60, timestamps=True),
        DecodingOptions("zh", "", 4),
    ]
    together = write(engine, sounds, *options)
    for sound, option, decoding in zip(sounds, options, together, strict=True):
        [alone] = write(engine, [sound], option)
        assert decoding.text
        assert (decoding.text, decoding.capped, decoding.timed) == (
            alone.text,
            alone.capped,
            alone.timed,
        )
        if not decoding.capped:  # one that is stopped goes on while others need it
            assert decoding.average_log_probability == pytest.approx(
                alone.average_log_probability, abs=1e-3
            )


def test_it_says_when_each_sentence_was_said(engine: CTranslate2Engine) -> None:
    pause = np.zeros(SAMPLE_RATE, np.float32)
    parts = [decode(clip(name), max_s=60) for name in ("zf_xiaobei_030", "zf_xiaoyi_031")]
    sound = padded(np.concatenate([parts[0], pause, parts[1]]), 10)
    [decoding] = write(engine, [sound], DecodingOptions("zh", "", 100, timestamps=True))
    first, second = decoding.timed
    assert "天气" in clean(first.text, "zh")
    assert "几点" in clean(second.text, "zh")
    assert 0 <= first.start_s < first.end_s <= second.start_s < second.end_s
    middle_s = len(parts[0]) / SAMPLE_RATE + 0.5
    assert first.end_s == pytest.approx(middle_s, abs=1.0)
    assert second.start_s == pytest.approx(middle_s, abs=1.0)


def test_the_longest_stretch(engine: CTranslate2Engine) -> None:
    pause = np.zeros(SAMPLE_RATE, np.float32)
    parts = [part for name in SPOKEN for part in (decode(clip(name), max_s=60), pause)]
    sound = np.concatenate(parts)[: 29 * SAMPLE_RATE]
    assert len(sound) > 25 * SAMPLE_RATE
    [decoding] = write(engine, [padded(sound, 30)], DecodingOptions("zh", "", 224))
    for words in ("今天天气怎么样", "现在几点了", "笑话"):
        assert words in written(decoding)


class Looping:
    """A decoder that never comes to an end; `calls` is how many it had to write, and how wide."""

    def __init__(self, tokens: int | None = None) -> None:
        self._tokens = tokens
        self.calls: list[tuple[int, int]] = []

    def generate(self, _: object, prompts: list[list[int]], **options: Any) -> list[object]:
        self.calls.append((len(prompts), options["beam_size"]))
        length = min(options["max_length"], 448)  # the positions that a decoder has
        most = min(length // 2, length - len(prompts[0]) + 1)
        written = [25641] * (self._tokens or most)
        result = SimpleNamespace(sequences_ids=[written], scores=[-0.5], no_speech_prob=0.1)
        return [result] * len(prompts)


def fake(engine: CTranslate2Engine, model: object) -> CTranslate2Engine:
    """The engine with another model; the real one stays as it is."""
    changed = CTranslate2Engine.__new__(CTranslate2Engine)
    changed.__dict__.update(engine.__dict__, _model=model)
    return changed


@pytest.mark.parametrize("prompt", ["", PROMPT * 20], ids=["no prompt", "long prompt"])
@pytest.mark.parametrize("most", [1, 12, 224])
def test_a_loop_reaches_the_cap(
    engine: CTranslate2Engine, tokenizer: Tokenizer, most: int, prompt: str
) -> None:
    looping = fake(engine, Looping())
    encoded = np.zeros((500, 512), np.float32)
    loop = tokenizer.decode([25641] * most).strip()
    longer = DecodingOptions("zh", prompt, most)
    for decoding in looping.decode([encoded] * 2, [longer, DecodingOptions("zh", prompt, 1)]):
        assert decoding.capped
    assert looping.decode([encoded], [longer])[0].text == loop


def test_what_is_alike_is_written_together(engine: CTranslate2Engine) -> None:
    looping = Looping()
    encoded = np.zeros((500, 512), np.float32)
    wide = DecodingOptions("zh", "", 60, beam_size=5)
    fake(engine, looping).decode([encoded] * 4, [ZH, wide, ZH, wide])
    assert looping.calls == [(2, 1), (2, 5)]


def test_the_end_of_text_counts_in_the_score(engine: CTranslate2Engine) -> None:
    [decoding] = fake(engine, Looping(4)).decode([np.zeros((500, 512), np.float32)], [ZH])
    assert decoding.average_log_probability == pytest.approx(-0.5 * 4 / 5)
    assert decoding.no_speech_probability == 0.1
    assert not decoding.capped


@pytest.mark.parametrize(
    ("cores", "wanted", "shared"),
    [
        (1, 0, (1, 1)),
        (2, 0, (1, 2)),
        (4, 0, (2, 2)),
        (6, 0, (3, 2)),
        (16, 0, (4, 2)),
        (4, 4, (4, 1)),
        (4, 1, (1, 2)),
        (None, 0, (1, 1)),
    ],
)
def test_cores_are_shared_by_lanes(
    monkeypatch: pytest.MonkeyPatch,
    model_dir: Path,
    cores: int | None,
    wanted: int,
    shared: tuple[int, int],
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: cores)
    monkeypatch.setattr(ctranslate2.models, "Whisper", lambda _, **options: asked.update(options))
    monkeypatch.setattr(ctranslate2_engine, "verified_model", lambda model, folder: folder)
    monkeypatch.setattr(ctranslate2_engine, "Tokenizer", lambda path, n_vocab: None)
    made = CTranslate2Engine(config("ctranslate2", model_dir=model_dir, threads=wanted))
    assert (asked["intra_threads"], asked["inter_threads"]) == shared
    assert made.lanes == shared[1]
    assert (asked["device"], asked["compute_type"]) == ("cpu", "int8")


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        CTranslate2Engine(config("ctranslate2", model="medium", model_dir=tmp_path))
    assert (caught.value.code, caught.value.params) == ("MODEL_MISSING", {"model": "medium"})
    assert list(tmp_path.iterdir()) == []


def test_weights_that_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    monkeypatch.setattr(ctranslate2_engine, "verified_model", lambda model, folder: tmp_path)
    monkeypatch.setattr(ctranslate2_engine, "Tokenizer", lambda path, n_vocab: None)
    with pytest.raises(ModelError) as caught:
        CTranslate2Engine(config("ctranslate2", model_dir=model_dir))
    assert caught.value.code == "MODEL_LOAD_FAILED"


def test_what_was_said_scores_best(engine: CTranslate2Engine) -> None:
    texts = list(SPOKEN.values())
    for name, said in SPOKEN.items():
        [encoded] = engine.encode([spoken(name)])
        scores = engine.score(encoded, "zh", texts)
        assert texts[int(np.argmax(scores))] == said


def test_more_than_was_said_scores_worse(engine: CTranslate2Engine) -> None:
    [encoded] = engine.encode([spoken("zf_xiaobei_030")])
    said = SPOKEN["zf_xiaobei_030"]
    likely, unlikely = engine.score(encoded, "zh", [said, said * 2])
    assert unlikely < likely - 0.3


@pytest.mark.parametrize(
    ("found", "own", "used"),
    [
        ({"found": ["X86_V4", "AVX512_ICL"]}, None, "AVX512"),
        ({"found": ["X86_V4"]}, None, None),
        ({}, None, None),
        ({"found": ["AVX512_ICL"]}, "AVX2", "AVX2"),
    ],
)
def test_wide_registers_where_they_are_faster(
    monkeypatch: pytest.MonkeyPatch,
    model_dir: Path,
    found: dict[str, list[str]],
    own: str | None,
    used: str | None,
) -> None:
    monkeypatch.setattr(np, "show_config", lambda mode: {"SIMD Extensions": found})
    environment = {"CT2_FORCE_CPU_ISA": own} if own else {}
    monkeypatch.setattr(os, "environ", environment)
    CTranslate2Engine(config("ctranslate2", model_dir=model_dir))
    assert environment.get("CT2_FORCE_CPU_ISA") == used
