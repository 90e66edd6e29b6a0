from __future__ import annotations

import pytest

from voice_assistant.commands.patterns import Suffix, any_of, prefix


def test_the_longest_word_is_tried_first() -> None:
    match = prefix(["打开", "打开一下", "打"]).match("打开一下微信")
    assert match is not None
    assert match[0] == "打开一下"
    assert any_of(["ab", "abcd", "abc"]) == "abcd|abc|ab"


def test_words_are_no_patterns() -> None:
    assert prefix(["c++", "a.b"]).match("c++微信")
    assert not prefix(["a.b"]).match("acb")


def test_a_prefix_stands_at_the_start() -> None:
    assert not prefix(["打开"]).match("请打开")


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
    match = prefix(["open "]).match(text)
    assert (text[match.end() :] if match else None) == expected


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
    match = Suffix([" please"]).search(text)
    assert (text[: match.start()] if match else None) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("微信一下吧", (2, 5)),
        ("微信一下", (2, 4)),
        ("微信吧", (2, 3)),
        ("吧微信吧", (3, 4)),
        ("一下微信", None),
    ],
)
def test_a_suffix_is_the_longest_at_the_end(text: str, found: tuple[int, int] | None) -> None:
    match = Suffix(["吧", "一下", "一下吧"]).search(text)
    assert (match.span() if match else None) == found
