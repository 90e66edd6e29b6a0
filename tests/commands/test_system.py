from __future__ import annotations

import pytest

from tests.support.decisions import only
from voice_assistant.commands.decision import CONFIDENCE, Chat, CloseApp, SystemAction
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.wordings.grammar import Grammar


@pytest.mark.parametrize(
    ("sentence", "target", "value", "confirm"),
    [
        ("锁屏", "锁屏", None, False),
        ("帮我截个图吧", "截图", None, False),
        ("静音", "静音", None, False),
        ("取消静音", "静音", "off", False),
        ("声音大一点", "音量", "+10", False),
        ("音量调到百分之五十", "音量", "50", False),
        ("音量调到30%", "音量", "30", False),
        ("把音量调到八十", "音量", "80", False),
        ("关机", "关机", None, True),
        ("请关闭电脑", "关机", None, True),
        ("重启电脑", "重启", None, True),
        ("注销", "注销", None, True),
        ("让电脑休眠", "休眠", None, True),
        ("Lock the screen, please.", "锁屏", None, False),
        ("Lock the screen, OK吗？", "锁屏", None, False),
        ("shut down the computer", "关机", None, True),
        ("鎖定螢幕", "锁屏", None, False),
    ],
)
def test_system_actions(
    sentence: str, target: str, value: str | None, confirm: bool, matcher: Matcher
) -> None:
    understanding = matcher.decide(sentence)
    assert understanding.command_type == "system"
    action = only(SystemAction, understanding)
    assert (action.target, action.value) == (target, value)
    assert action.needs_confirmation == confirm


def test_a_wording_that_is_not_listed_is_no_action(matcher: Matcher) -> None:
    only(Chat, matcher.decide("帮我关一下电脑"))


def test_what_sounds_like_an_action_is_less_sure_and_still_asks(matcher: Matcher) -> None:
    understanding = matcher.decide("观机")
    action = only(SystemAction, understanding)
    assert (action.target, action.reason) == ("关机", "pinyin")
    assert understanding.confidence == CONFIDENCE["pinyin"]
    assert action.needs_confirmation


@pytest.mark.parametrize(
    "sentence",
    [
        "怎么关机", "电脑关机很慢", "不要关机", "别重启", "昨天重启电脑了", "关机吗", "取消关机",
        "解释人类自然睡眠周期的不同阶段", "怎么开关机", "锁屏密码忘了", "截图在哪", "声音太小了",
        "音量调到一万", "音量调到101", "音量调到多少合适", "怎么注销账号", "关机了吗",
    ],
)  # fmt: skip
def test_speaking_of_actions_does_nothing(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


@pytest.mark.parametrize(
    "sentence",
    [
        "关闭微信",
        "把微信关掉",
        "帮我把微信给我关掉",
        "退出微信软件",
        "close wechat",
        "Quit WeChat.",
    ],
)
def test_an_app_is_to_be_closed_after_a_yes(sentence: str, matcher: Matcher) -> None:
    understanding = matcher.decide(sentence)
    assert (understanding.command_type, understanding.target) == ("system", "关闭")
    assert understanding.confidence == 1.0
    closing = only(CloseApp, understanding)
    assert closing == CloseApp("exact", "微信", ("微信", "WeChat"), (("wechat",),))
    assert closing.needs_confirmation


def test_an_app_is_closed_by_the_sound_of_its_name_but_not_by_a_near_one(matcher: Matcher) -> None:
    understanding = matcher.decide("关闭威信")
    closing = only(CloseApp, understanding)
    assert (closing.target, closing.name, closing.reason) == ("关闭", "微信", "pinyin")
    assert understanding.confidence == CONFIDENCE["pinyin"]
    assert not matcher.decide("关闭计算姐").is_command


@pytest.mark.parametrize("sentence", ["把微信关掉吧", "帮我把微信关了好吗"])
def test_an_app_is_to_be_closed_politely(sentence: str, matcher: Matcher) -> None:
    assert only(CloseApp, matcher.decide(sentence)).name == "微信"


def test_an_app_of_the_user_s_is_closed_as_their_own(grammar: Grammar) -> None:
    own = Entry("app", "小黄鸭", ("duck",), {"linux": (("quack",),)}, of_user=True)
    closing = only(CloseApp, Matcher(grammar, Catalogue([own]), "linux").decide("关闭小黄鸭"))
    assert (closing.name, closing.own) == ("小黄鸭", True)
    assert closing.commands == (("quack",),)


@pytest.mark.parametrize(
    "sentence",
    ["关闭百度", "把哔哩哔哩关掉", "关闭窗户", "关闭钟端", "关闭", "怎么关闭微信", "不要关闭微信"],
)
def test_what_is_no_app_or_not_wanted_is_not_closed(sentence: str, matcher: Matcher) -> None:
    assert only(Chat, matcher.decide(sentence)) == Chat("no_wording")


@pytest.mark.parametrize("sentence", ["新建一个文件夹叫资料吧", "新建一个文件夹叫资料，谢谢。"])
def test_no_folder_is_called_thank_you(sentence: str, matcher: Matcher) -> None:
    assert only(SystemAction, matcher.decide(sentence)).value == "资料"


@pytest.mark.parametrize("sentence", ["新建一个文件夹叫什么好", "建个文件夹叫什么名字好呢"])
def test_to_ask_what_to_call_a_folder_makes_none(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("新建文件夹", None),
        ("帮我在桌面上建个文件夹吧", None),
        ("create a new folder", None),
        ("新建一个文件夹叫资料", "资料"),
        ("创建目录，名字叫旅行照片", "旅行照片"),
    ],
)
def test_a_folder_is_to_be_made(sentence: str, name: str | None, matcher: Matcher) -> None:
    action = only(SystemAction, matcher.decide(sentence))
    assert action == SystemAction("exact", "新建文件夹", name)
