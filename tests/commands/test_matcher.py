from __future__ import annotations

import pytest

from tests.support.decisions import only
from voice_assistant.commands.decision import Chat, CloseApp, OpenApp
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.wordings.grammar import Grammar


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("", "empty"),
        ("。！？ \n", "empty"),
        ("打开" * 400 + "计算器", "too_long"),
        ("打开计算器" + "，" * 400, "too_long"),
        ("打开计算器，" + "然后好好地算一算" * 8, "too_long"),
    ],
)
def test_nothing_and_too_much_are_chat(sentence: str, reason: str, matcher: Matcher) -> None:
    decision = only(Chat, matcher.decide(sentence))
    assert decision.reason == reason


def test_marks_around_each_character_do_not_make_a_sentence_too_long(matcher: Matcher) -> None:
    spaced = "".join(f"{character}，。 " for character in "打开计算器" * 10)
    assert matcher.decide(spaced).target == "计算器"


def test_what_is_said_twice_counts_once(matcher: Matcher) -> None:
    assert matcher.decide("打开计算器，打开计算器。").target == "计算器"
    assert matcher.trace("打开计算器，打开计算器。").sentence == "打开计算器"
    assert matcher.decide("锁屏，锁屏！").target == "锁屏"


def test_the_trace_shows_each_step(matcher: Matcher) -> None:
    trace = matcher.trace("嗯，帮我打开计算器！")
    assert trace.sentence == "嗯帮我打开计算器"
    assert trace.cores == ("嗯帮我打开计算器", "帮我打开计算器", "打开计算器")
    assert trace.understanding.decisions == matcher.decide("打开计算器").decisions
    assert matcher.trace("").cores == ()


def test_the_trace_names_what_was_looked_for_once(matcher: Matcher) -> None:
    assert matcher.trace("打开冰箱吧").names == ("冰箱吧", "冰箱")
    assert matcher.trace("请把冰箱打开").names == ("冰箱", "请把冰箱", "把冰箱")
    assert matcher.trace("今天天气怎么样").names == ()


@pytest.mark.parametrize(
    ("sentence", "command_type", "target"),
    [
        ("打开静音", "system", "静音"),
        ("打开百度搜猫咪", "search", "猫咪"),
        ("打开静音的", "app", "静音的"),
    ],
)
def test_the_computer_and_searches_come_before_names(
    sentence: str, command_type: str, target: str, grammar: Grammar, world: Catalogue
) -> None:
    names = ("静音", "静音的", "百度搜猫咪")
    catalogue = Catalogue([*(Entry("app", name) for name in names), *world.entries])
    understanding = Matcher(grammar, catalogue, "linux").decide(sentence)
    assert (understanding.command_type, understanding.target) == (command_type, target)


@pytest.mark.parametrize(
    ("names", "sentence", "target", "reason"),
    [
        (["微信", "维新卫星"], "打开微信微信", "微信", "exact"),
        (["微信", "维新卫星"], "打开威信威信", "维新卫星", "near_pinyin"),
        (["微信", "威威"], "打开威威信", "微信", "pinyin"),
        (["小红", "小洪书"], "打开小红书", "小洪书", "pinyin"),
    ],
)
def test_surer_ways_to_understand_come_first(
    names: list[str], sentence: str, target: str, reason: str, grammar: Grammar
) -> None:
    world = Catalogue([Entry("app", name) for name in names])
    app = only(OpenApp, Matcher(grammar, world, "linux").decide(sentence))
    assert (app.target, app.reason) == (target, reason)


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("打开微信微信", "微信"),
        ("打打开微信", "微信"),
        ("打开微微信", "微信"),
        ("打开微微信发消息", "微信"),
        ("大开微信", "微信"),
        ("我把相机达开", "相机"),
        ("打开1下相机", "相机"),
        ("打开哔哩哔哩", "哔哩哔哩"),
        ("打开打开拼多多", "拼多多"),
    ],
)
def test_what_was_stammered_or_heard_wrong_is_mended(
    sentence: str, target: str, matcher: Matcher
) -> None:
    understanding = matcher.decide(sentence)
    assert (understanding.is_command, understanding.target) == (True, target)


# --- Traditional Chinese: with its characters alone, then with mainland words ---


TAIWAN = Catalogue(
    [Entry("app", name) for name in ("通讯录", "任务管理器", "相册", "微信", "程序员计算器")]
)


@pytest.mark.parametrize(
    ("sentence", "target", "value"),
    [
        ("打開通訊錄", "通讯录", None),
        ("開啟工作管理員", "任务管理器", None),
        ("打開相簿", "相册", None),
        ("打開程序員計算器", "程序员计算器", None),
        ("關閉微信", "关闭", "微信"),
        ("把工作管理員關掉", "关闭", "任务管理器"),
    ],
)
def test_traditional_sentences_are_read_in_both_ways(
    sentence: str, target: str, value: str | None, grammar: Grammar
) -> None:
    understanding = Matcher(grammar, TAIWAN, "linux").decide(sentence)
    assert (understanding.is_command, understanding.target) == (True, target)
    if value is not None:
        assert only(CloseApp, understanding).name == value


@pytest.mark.parametrize(
    ("names", "sentence", "target", "remainder"),
    [
        (["相簿", "相册"], "打開相簿", "相簿", None),
        (["工作", "任务管理器"], "開啟工作管理員", "任务管理器", None),
        (["工作"], "開啟工作排隊買票", "工作", "排队买票"),
    ],
)
def test_the_first_reading_that_leaves_nothing_counts(
    names: list[str], sentence: str, target: str, remainder: str | None, grammar: Grammar
) -> None:
    world = Catalogue([Entry("app", name) for name in names])
    understanding = Matcher(grammar, world, "linux").decide(sentence)
    assert (understanding.target, understanding.remainder) == (target, remainder)
