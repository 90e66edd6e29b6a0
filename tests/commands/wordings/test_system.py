from __future__ import annotations

import pytest

from voice_assistant.commands.wordings.grammar import Grammar
from voice_assistant.commands.wordings.system import SystemWording


@pytest.mark.parametrize(
    ("sentence", "percentage"),
    [
        ("音量调到50", 50),
        ("音量50", 50),
        ("音量调到百分之五十", 50),
        ("音量调到0", 0),
        ("音量零", 0),
        ("音量十", 10),
        ("音量十五", 15),
        ("音量二十", 20),
        ("音量两", 2),
        ("音量九十九", 99),
        ("音量一百", 100),
        ("音量百分之百", 100),
        ("volume to 30 percent", 30),
        ("音量101", None),
        ("音量一百二", None),
        ("音量百十", None),
        ("音量十十", None),
        ("音量五五", 55),
        ("音量五零", 50),
        ("音量零五", None),
        ("音量1000", None),
        ("音量", None),
        ("音量调到多少", None),
        ("声音50", None),
    ],
)
def test_volume(sentence: str, percentage: int | None, small: Grammar) -> None:
    assert small.system.volume(sentence) == percentage


def test_system_wordings_have_a_value_and_may_need_a_yes(small: Grammar) -> None:
    meanings = {
        wording: (meaning.name, meaning.value, meaning.confirm)
        for wording, meaning in small.system.meanings.items()
    }
    assert meanings == {
        "静音": ("静音", None, False),
        "精音": ("静音", None, False),
        "取消静音": ("静音", "off", False),
        "关机": ("关机", None, True),
    }


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("新建文件夹", ""),
        ("在桌面上新建一个文件夹", ""),
        ("新建一个文件夹叫资料", "资料"),
        ("在桌面上新建文件夹叫我的资料", "我的资料"),
    ],
)
def test_a_folder_may_get_a_name(sentence: str, name: str, small: Grammar) -> None:
    assert small.system.folder(sentence) == name


@pytest.mark.parametrize("sentence", ["怎么新建文件夹", "新建文件夹叫", "新建文档", "文件夹"])
def test_speaking_of_folders_makes_none(sentence: str, small: Grammar) -> None:
    assert small.system.folder(sentence) is None


def test_the_volume_is_set_to_a_number(small: Grammar) -> None:
    assert small.system.exact("音量调到五十") == SystemWording("音量", "50")
    assert small.system.exact("音量调到101") is None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("观机", SystemWording("关机", confirm=True)),
        ("去消静阴", SystemWording("静音", "off")),
        ("广机", None),
        ("关", None),
        ("关机关机关机", None),
    ],
)
def test_an_action_is_known_by_just_its_sound(
    sentence: str, expected: SystemWording | None, small: Grammar
) -> None:
    assert small.system.by_sound(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("关闭微信", ["微信"]),
        ("把微信关掉", ["微信"]),
        ("把微信给我关掉", ["微信"]),
        ("close wechat", ["wechat"]),
        ("关闭", []),
        ("微信关掉", []),
        ("不要关闭微信", []),
    ],
)
def test_what_is_to_be_closed(sentence: str, names: list[str], small: Grammar) -> None:
    assert list(small.system.closed(sentence)) == names
