from __future__ import annotations

import pytest

from voice_assistant.commands.wordings.grammar import Grammar


@pytest.mark.parametrize("sentence", ["去微信了", "看微信吗", "去微信看看了", "关机吗", "静音吗"])
def test_everyday_verbs_may_tell_or_ask(sentence: str, small: Grammar) -> None:
    assert small.tells_or_asks(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "去微信",
        "看微信吧",
        "我想去微信了",
        "打开微信吗",
        "打开微信了",
        "去微信好吗",
        "关机了",
        "吗",
    ],
)
def test_wishes_neither_tell_nor_ask(sentence: str, small: Grammar) -> None:
    assert not small.tells_or_asks(sentence)


@pytest.mark.parametrize(
    ("core", "heads", "expected"),
    [
        ("去微信看看吗", "我想", False),
        ("看微信吗", "我想", True),
        ("看微信吗", "帮我", False),
        ("看微信了", "我想", False),
        ("关机吗", "我想", False),
    ],
)
def test_what_stood_before_makes_a_question_a_wish(
    core: str, heads: str, expected: bool, small: Grammar
) -> None:
    assert small.tells_or_asks(core, heads) == expected
