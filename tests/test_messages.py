from __future__ import annotations

import re
from string import Formatter

import pytest

from voice_assistant import ROOT, messages
from voice_assistant.messages import accepted_locale, choose_locale, say, sentences, system_locale


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    zh, en = sentences("zh"), sentences("en")
    assert set(zh) == set(en)
    assert {key: fields(zh[key]) for key in zh} == {key: fields(en[key]) for key in en}


def test_each_language_is_itself() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert [key for key, text in sentences("en").items() if chinese.search(text)] == []
    assert [key for key, text in sentences("zh").items() if not chinese.search(text)] == []


def test_every_sentence_is_used() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "voice_assistant").rglob("*.py")
    )
    built = ("action.", "system.")  # their keys are put together from decisions and outcomes
    unused = [
        key for key in sentences("en") if f'"{key}"' not in code and not key.startswith(built)
    ]
    assert unused == []


def test_say_fills_in() -> None:
    assert "25 MB" in say("UPLOAD_TOO_LARGE", "en", limit_mb=25.0)
    with pytest.raises(KeyError):
        say("UPLOAD_TOO_LARGE", "en")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9", "en"),
        ("fr-FR, en;q=0.5", "en"),
        ("fr", "zh"),
        ("", "zh"),
        (None, "zh"),
        (";;,,=", "zh"),
    ],
)
def test_accepted_locale(header: str | None, expected: str) -> None:
    assert accepted_locale(header, "zh") == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("zh_CN.UTF-8", "zh"), ("zh", "zh"), ("en_US.UTF-8", "en"), ("C", "en")]
)
def test_the_system_decides(monkeypatch: pytest.MonkeyPatch, value: str, expected: str) -> None:
    monkeypatch.setenv("LC_ALL", value)
    messages.system_locale.cache_clear()
    try:
        assert system_locale() == expected
        assert choose_locale("auto") == expected
        assert choose_locale("zh") == "zh"
        assert choose_locale("en") == "en"
    finally:
        messages.system_locale.cache_clear()
