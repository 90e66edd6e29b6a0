from __future__ import annotations

import re

import pytest

from voice_assistant.commands.wordings.patterns import Prefix, Suffix, any_of


def test_the_longest_word_is_tried_first() -> None:
    assert Prefix(["打开", "打开一下", "打"]).of("打开一下微信") == "打开一下"
    assert any_of(["ab", "abcd", "abc"]) == "abcd|abc|ab"


def test_the_shorter_words_come_after_it() -> None:
    prefix, suffix = Prefix(["打开", "打开一下", "打", "下"]), Suffix(["上", "网上", " web"])
    assert list(prefix.every("打开一下微信")) == ["打开一下", "打开", "打"]
    assert list(suffix.every("去知网上")) == ["网上", "上"]
    assert list(prefix.every("微信")) == list(suffix.every("微信")) == []


def test_words_are_no_patterns() -> None:
    assert re.fullmatch(any_of(["c++", "a.b"]), "c++")
    assert not re.fullmatch(any_of(["a.b"]), "acb")


def test_a_prefix_stands_at_the_start() -> None:
    assert Prefix(["打开"]).of("请打开") is None
    assert Prefix(["打开"]).of("") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open wechat", "wechat"),
        ("open微信", "微信"),
        ("openwechat", None),
        ("opener", None),
        ("open", None),
    ],
)
def test_an_english_word_ends_at_a_space_or_beside_chinese(text: str, expected: str | None) -> None:
    word = Prefix(["open "]).of(text)
    assert (text[len(word) :] if word else None) == expected
    match = re.match(any_of(["open "]), text)
    assert (match[0] if match else None) == word


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("open wechat please", "open wechat"),
        ("打开微信please", "打开微信"),
        ("wechatplease", None),
        ("please", None),
        ("please wechat", None),
    ],
)
def test_and_so_it_begins(text: str, expected: str | None) -> None:
    word = Suffix([" please"]).of(text)
    assert (text[: -len(word)] if word else None) == expected
    match = re.search(f"(?:{any_of([' please'])})$", text)
    assert (match[0] if match else None) == word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("微信一下吧", "一下吧"),
        ("微信一下", "一下"),
        ("微信吧", "吧"),
        ("吧微信吧", "吧"),
        ("一下微信", None),
        ("", None),
    ],
)
def test_a_suffix_is_the_longest_at_the_end(text: str, word: str | None) -> None:
    assert Suffix(["吧", "一下", "一下吧"]).of(text) == word
