from __future__ import annotations

import pytest

from voice_assistant.commands.decision import Decision
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.names.catalogue import CONFIDENCE, Catalogue
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
        ("帮我关一下电脑", None, None, False),
        ("请关闭电脑", "关机", None, True),
        ("重启电脑", "重启", None, True),
        ("注销", "注销", None, True),
        ("让电脑休眠", "休眠", None, True),
        ("Lock the screen, please.", "锁屏", None, False),
        ("shut down the computer", "关机", None, True),
        ("鎖定螢幕", "锁屏", None, False),
    ],
)
def test_system_actions(
    sentence: str, target: str | None, value: str | None, confirm: bool, matcher: Matcher
) -> None:
    decision = matcher.decide(sentence)
    assert decision.command_type == ("system" if target else None)
    assert (decision.target, decision.value) == (target, value)
    assert decision.needs_confirmation == confirm


def test_what_sounds_like_an_action_is_less_sure_and_still_asks(matcher: Matcher) -> None:
    decision = matcher.decide("观机")
    assert (decision.target, decision.reason) == ("关机", "pinyin")
    assert decision.confidence == CONFIDENCE["pinyin"]
    assert decision.needs_confirmation


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
    assert matcher.decide(sentence) == Decision(
        "command",
        "exact",
        1.0,
        "system",
        "关闭",
        commands=(("wechat",),),
        names=("微信", "WeChat"),
        value="微信",
        needs_confirmation=True,
    )


def test_an_app_is_closed_by_the_sound_of_its_name_but_not_by_a_near_one(matcher: Matcher) -> None:
    heard = matcher.decide("关闭威信")
    assert (heard.target, heard.value, heard.reason) == ("关闭", "微信", "pinyin")
    assert heard.confidence == CONFIDENCE["pinyin"]
    assert not matcher.decide("关闭计算姐").is_command


@pytest.mark.parametrize("sentence", ["把微信关掉吧", "帮我把微信关了好吗"])
def test_an_app_is_to_be_closed_politely(sentence: str, matcher: Matcher) -> None:
    assert matcher.decide(sentence).value == "微信"


def test_an_app_of_the_user_s_is_closed_as_their_own(grammar: Grammar) -> None:
    own = Entry("app", "小黄鸭", ("duck",), {"linux": (("quack",),)}, of_user=True)
    decision = Matcher(grammar, Catalogue([own]), "linux").decide("关闭小黄鸭")
    assert (decision.value, decision.own) == ("小黄鸭", True)
    assert decision.commands == (("quack",),)


@pytest.mark.parametrize(
    "sentence",
    ["关闭百度", "把哔哩哔哩关掉", "关闭窗户", "关闭钟端", "关闭", "怎么关闭微信", "不要关闭微信"],
)
def test_what_is_no_app_or_not_wanted_is_not_closed(sentence: str, matcher: Matcher) -> None:
    assert matcher.decide(sentence) == Decision("chat", "no_wording")


@pytest.mark.parametrize("sentence", ["新建一个文件夹叫资料吧", "新建一个文件夹叫资料，谢谢。"])
def test_no_folder_is_called_thank_you(sentence: str, matcher: Matcher) -> None:
    assert matcher.decide(sentence).value == "资料"


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
    assert matcher.decide(sentence) == Decision(
        "command", "exact", 1.0, "system", "新建文件夹", value=name
    )
