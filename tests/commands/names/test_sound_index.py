from __future__ import annotations

import pytest

from voice_assistant.commands.names.sound_index import SoundIndex

INDEX = SoundIndex(
    ["音乐", "微信", "计算器", "qq音乐", "腾讯会议", "网易云音乐", "qq", "图", "终端", "中断"]
)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("音乐", ["音乐"]),
        ("因约", ["音乐"]),
        ("威信", ["微信"]),
        ("qq因约", ["qq音乐"]),
        ("中断", ["终端", "中断"]),
        ("薇星", []),
        ("pp音乐", []),
        ("qq", []),
        ("涂", []),
        ("", []),
        ("腾讯会议网易云音乐", []),
    ],
)
def test_the_same_sound(name: str, names: list[str]) -> None:
    assert INDEX.same(name) == names


@pytest.mark.parametrize("name", ["音肋", "因勒"])
def test_a_name_may_be_read_as_one_character_alone_is(name: str) -> None:
    assert INDEX.same(name) == ["音乐"]


def test_what_is_heard_may_be_read_in_another_way_too() -> None:
    assert SoundIndex(["银航"]).same("音行") == ["银航"]
    assert SoundIndex(["快勒"]).same("快乐") == ["快勒"]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("薇星", ["微信"]),  # xing, xin
        ("计蒜机", ["计算器"]),  # ji, qi
        ("计算马", ["计算器"]),  # one of three, whatever it is
        ("棋算马", []),
        ("腾徐会要", ["腾讯会议"]),  # two of four, each with its initial
        ("腾马会鸭", []),
        ("网鱼云马月", ["网易云音乐"]),  # two of five, one of them with its initial
        ("音卖", []),  # of two, a near sound only
        ("pp音乐", []),
        ("音乐qq", []),
        ("qq英月", ["qq音乐"]),
        ("微", []),
        ("腾讯会议网易云音乐", []),
    ],
)
def test_nearly_the_same_sound(name: str, names: list[str]) -> None:
    assert INDEX.near(name, strict=False) == names


@pytest.mark.parametrize("names", [["小红马", "小红书"], ["小红书", "小红马"]])
def test_the_nearest_of_several_names(names: list[str]) -> None:
    index = SoundIndex(names)
    assert index.near("小红猪", strict=False) == ["小红书"]
    assert index.near("小红天", strict=False) == names


@pytest.mark.parametrize(("name", "names"), [("计算马", []), ("计蒜机", ["计算器"])])
def test_if_it_must_be_near_one_syllable_may_not_be_just_any(name: str, names: list[str]) -> None:
    assert INDEX.near(name, strict=True) == names


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("薇星", ["微信"]),
        ("音要", []),
        ("音也", ["音乐"]),  # ye, yue
        ("计算机", ["计算器"]),
        ("计算马", []),
        ("qq音也", ["qq音乐"]),
        ("pp音乐", []),
        ("微", []),
        ("腾讯会议网易云音乐", []),
    ],
)
def test_a_near_sound_in_one_place(name: str, names: list[str]) -> None:
    assert INDEX.blurred(name) == names


def test_two_near_sounds_are_too_many() -> None:
    index = SoundIndex(["qq腾讯会议"])
    assert index.blurred("qq登讯会议") == ["qq腾讯会议"]
    assert index.blurred("qq登军会议") == []


@pytest.mark.parametrize(
    ("text", "wrong", "expected"),
    [
        ("因约", 0, True),
        ("音马", 0, False),
        ("音马", 1, True),
        ("马马", 1, False),
        ("马马", 2, True),
        ("马" * 7, 7, False),  # as long as no name is
        ("qq因约", 0, True),
        ("qq" * 9, 0, False),
    ],
)
def test_only_so_many_characters_may_be_wrong(text: str, wrong: int, expected: bool) -> None:
    assert INDEX.may_hold(text, wrong) == expected


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("音马", ["音乐"]),
        ("马信", ["微信"]),
        ("计马器", ["计算器"]),
        ("马讯会马", ["腾讯会议"]),
        ("马马器", []),
        ("马马", []),
        ("pp音乐", []),
    ],
)
def test_a_little_alike(name: str, names: list[str]) -> None:
    assert list(dict.fromkeys(INDEX.alike(name))) == names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("音乐", True),
        ("音乐放首歌", True),
        ("音肋放首歌", True),
        ("计蒜器算一算", True),
        ("薇星发消息", True),
        ("qq音乐放首歌", True),
        ("放首歌音乐", False),
        ("pp音乐放首歌", False),
        ("音", False),
        ("", False),
    ],
)
def test_a_text_may_begin_with_a_name(text: str, expected: bool) -> None:
    assert INDEX.may_begin(text) == expected
