from __future__ import annotations

import pytest

from voice_assistant.commands.wordings.grammar import Grammar
from voice_assistant.commands.wordings.politeness import Politeness


def test_heads_come_off_one_at_a_time(small: Grammar) -> None:
    assert list(small.politeness.without_heads("请帮我打开微信")) == [
        "请帮我打开微信",
        "帮我打开微信",
        "打开微信",
    ]
    assert list(small.politeness.without_heads("please open微信")) == [
        "please open微信",
        "open微信",
    ]
    assert list(small.politeness.without_heads("please打开微信")) == ["please打开微信", "打开微信"]
    assert list(small.politeness.without_heads("帮我")) == ["帮我"]


def test_tails_come_off_one_at_a_time(small: Grammar) -> None:
    assert list(small.politeness.without_tails("微信一下吧")) == ["微信一下吧", "微信一下", "微信"]
    assert list(small.politeness.without_tails("wechat please")) == ["wechat please", "wechat"]
    assert list(small.politeness.without_tails("微信please")) == ["微信please", "微信"]
    assert list(small.politeness.without_tails("吧")) == ["吧"]


def test_a_tail_does_not_begin_inside_a_latin_word() -> None:
    politeness = Politeness(
        {"heads": [], "tails": ["ok吗", "吗"], "questions": ["了吗"], "telling": [], "polite": []}
    )
    assert list(politeness.without_tails("outlook吗")) == ["outlook吗", "outlook"]
    assert list(politeness.without_tails("outlook ok吗")) == ["outlook ok吗", "outlook"]
    assert list(politeness.without_tails("微信ok吗")) == ["微信ok吗", "微信"]


def test_nothing_comes_off_a_question(small: Grammar) -> None:
    assert small.politeness.asks("打开微信了吗")
    assert list(small.politeness.without_tails("打开微信了吗")) == ["打开微信了吗"]
    assert not small.politeness.asks("打开微信吗")


@pytest.mark.parametrize(
    ("sentence", "told"),
    [("去微信了", "去微信"), ("看微信吗", "看微信"), ("去微信吧", None), ("去微信", None)],
)
def test_what_is_told_or_asked_of(sentence: str, told: str | None, small: Grammar) -> None:
    assert small.politeness.told_part(sentence) == told


@pytest.mark.parametrize(("heads", "polite"), [("请", True), ("我想帮", True), ("我想", False)])
def test_only_some_heads_ask_for_something_to_be_done(
    heads: str, polite: bool, small: Grammar
) -> None:
    assert small.politeness.is_polite(heads) == polite


def test_an_english_head_that_chinese_may_follow_leaves_no_space(grammar: Grammar) -> None:
    *_, core = grammar.politeness.without_heads("siri ok open wechat")
    assert core == "open wechat"
    assert grammar.politeness.is_all_heads("siri ok")


@pytest.mark.parametrize(
    ("text", "expected"), [("", True), ("请帮我", True), ("请微信", False), ("微信请", False)]
)
def test_nothing_but_politeness(text: str, expected: bool, small: Grammar) -> None:
    assert small.politeness.is_all_heads(text) == expected
