from __future__ import annotations

import re

import pytest
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from voice_assistant.commands.sound import (
    blurred,
    differing,
    fold,
    folded,
    is_latin,
    likeness,
    readings,
    readings_of,
    syllables,
)


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("计算器", ("ji", "suan", "qi")),
        ("音乐", ("yin", "yue")),
        ("快乐", ("kuai", "le")),
        ("重启", ("chong", "qi")),
        ("qq音乐", ("QQ", "yin", "yue")),
        ("去b站", ("qu", "B", "zhan")),
        ("vs code", ("VS CODE",)),
        ("绿色", ("lv", "se")),
    ],
)
def test_syllables_follow_the_word(text: str, sounds: tuple[str, ...]) -> None:
    assert syllables(text) == sounds


@pytest.mark.parametrize(
    "text",
    ["帮我打开网易云音乐看看", "今天天气怎么样", "重庆的重启按钮", "播放音乐里的快乐", "了"],
)
def test_reading_word_by_word_is_reading_the_whole(text: str) -> None:
    assert list(syllables(text)) == lazy_pinyin(text, style=Style.NORMAL)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zhang", "zan"),
        ("cheng", "cen"),
        ("shi", "si"),
        ("ying", "yin"),
        ("dong", "don"),
        ("niu", "liu"),
        ("ran", "lan"),
        ("neng", "len"),
    ],
)
def test_what_recognisers_confuse_folds_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("ba", "pa"), ("ji", "qi"), ("wei", "wai"), ("n", "l"), ("qq", "q")]
)
def test_what_they_tell_apart_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("计算器", "计算器", (0, 0)),
        ("计算器", "计算鸡", (1, 0)),  # qi, ji: one final
        ("计算器", "计算去", (1, 0)),  # qi, qu: one initial
        ("计算器", "计算马", (1, 1)),
        ("计算器", "鸡马路", (2, 2)),
        ("爱奇艺", "爱奇怪", (1, 1)),
    ],
)
def test_differing_counts_syllables_and_those_wholly_unlike(
    one: str, other: str, expected: tuple[int, int]
) -> None:
    assert differing(folded(syllables(one)), folded(syllables(other))) == expected


def test_one_character_at_a_time_is_read_in_its_other_ways() -> None:
    usual = syllables("音乐")
    assert list(readings("音乐", usual)) == [("yin", "yue"), ("yin", "le")]
    assert list(readings("qq音乐", syllables("qq音乐"))) == [("QQ", "yin", "yue")]


def test_the_usual_reading_of_a_character_comes_first() -> None:
    assert readings_of("乐")[:2] == ("le", "yue")
    assert readings_of("中") == ("zhong",)


def test_latin_is_no_pinyin() -> None:
    assert is_latin("QQ")
    assert not is_latin("qi")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("qi", "ji", True),
        ("you", "yao", True),
        ("fen", "fang", True),
        ("yun", "wang", True),
        ("zhang", "zan", True),
        ("ma", "ba", False),
        ("ma", "mi", False),
        ("QI", "JI", False),
    ],
)
def test_near_sounds_blur_to_the_same(one: str, other: str, same: bool) -> None:
    assert (blurred(one) == blurred(other)) == same


def test_syllables_are_apart_by_what_they_share() -> None:
    nearest_first = [("ma", "ma"), ("zhang", "zan"), ("qi", "ji"), ("ma", "ba"), ("ma", "mi")]
    apart = [likeness(one, other) for one, other in nearest_first]
    assert apart[0] == 0
    assert apart == sorted(set(apart))
    assert apart[-1] < likeness("ma", "qi") == likeness("QQ", "PP") == likeness("QI", "qi") == 1


def test_no_tone_is_left() -> None:
    heard = {syllable for code in PINYIN_DICT for syllable in readings_of(chr(code))}
    heard |= {syllable for phrase in PHRASES_DICT for syllable in syllables(phrase)}
    assert {"lv", "ng", "ei"} <= heard
    assert [syllable for syllable in heard if not re.fullmatch("[a-z]+", syllable)] == []
