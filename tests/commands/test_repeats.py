from __future__ import annotations

import pytest

from voice_assistant.commands.repeats import Mender, once


@pytest.fixture(scope="module")
def mender() -> Mender:
    return Mender(["打开", "开启", "访问", "打开一下", "open "])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("打开微信打开微信", "打开微信"),
        ("打开微信打开微信打开微信", "打开微信"),
        ("打开哔哩哔哩打开哔哩哔哩", "打开哔哩哔哩"),
        ("打开微信微信", "打开微信微信"),
        ("打开微信打开微", "打开微信打开微"),
        ("打开打开微信", "打开打开微信"),
        ("微微", "微微"),
        ("打开微信", "打开微信"),
    ],
)
def test_only_a_whole_sentence_is_said_once(sentence: str, expected: str) -> None:
    assert once(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "meant"),
    [
        ("打开微信微信", "打开微信"),
        ("打打开微信", "打开微信"),
        ("打打打开微信", "打开微信"),
        ("打开微微信", "打开微信"),
        ("打开打开哔哩哔哩", "打开哔哩"),
        ("打开拼多多拼多多", "打开拼多多"),
        ("打打开拼多多", "打开拼多多"),
        ("打开打开拼拼多多", "打开拼多多"),
        ("打开饿了么么么", "打开饿了么"),
        ("打开多多多地图", "打开多多地图"),
        ("打开1下相机", "打开一下相机"),
        ("打开微信1", "打开微信一"),
        ("大开微信", "打开微信"),
        ("大开微信微信", "打开微信"),
        ("我把相机达开", "我把相机打开"),
        ("我想方问知乎", "我想访问知乎"),
    ],
)
def test_what_was_meant_is_among_what_it_may_be(sentence: str, meant: str, mender: Mender) -> None:
    assert meant in list(mender.mend(sentence))


@pytest.mark.parametrize(
    "sentence", ["打开微信", "微信", "打开一下微信", "开启微信", "打开ps2", "", "微"]
)
def test_what_is_in_order_is_left_alone(sentence: str, mender: Mender) -> None:
    assert list(mender.mend(sentence)) == []


def test_all_stretches_at_once_come_before_one_character_at_a_time(mender: Mender) -> None:
    assert list(mender.mend("打开拼多多拼多多")) == [
        "打开拼多多",
        "打开拼多拼多多",
        "打开拼多多拼多",
        "打开拼多",
    ]


@pytest.mark.parametrize("sentence", ["打开七猫", "把相机打开其他", "大开启微信"])
def test_a_verb_is_not_made_of_another_one_s_end_or_start(sentence: str, mender: Mender) -> None:
    assert list(mender.mend(sentence)) == []


def test_only_verbs_of_two_characters_are_restored() -> None:
    assert list(Mender(["开", "开一下"]).mend("凯一下微信凯微信")) == []


def test_a_long_sentence_with_no_verb_yields_nothing(mender: Mender) -> None:
    chat = "今天天气怎么样我想知道明天会不会下雨"
    assert list(mender.mend(chat)) == []
    assert list(mender.mend(chat[:14])) != []
    assert "打开微信" + chat in list(mender.mend("大开微信" + chat))


def test_only_some_stutters_are_tried(mender: Mender) -> None:
    assert len(list(mender.mend("aabbccddeeffgg"))) == 4
