from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from voice_assistant.commands.catalogue import CONFIDENCE, Catalogue
from voice_assistant.commands.decision import Decision
from voice_assistant.commands.entry import Entry
from voice_assistant.commands.grammar import Grammar
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.search_requests import as_said

CALCULATOR = Entry(
    "app",
    "计算器",
    ("calculator",),
    {"linux": (("gnome-calculator",), ("xcalc",)), "windows": (("calc.exe",),)},
)
BAIDU = Entry(
    "site", "百度", url="https://www.baidu.com", search="https://baidu.example/s?wd={query}"
)
BILIBILI = Entry(
    "site",
    "哔哩哔哩",
    ("B站", "bilibili"),
    url="https://www.bilibili.com",
    search="https://bili.example/{query}?from=voice",
)
ZHIHU = Entry("site", "知乎", url="https://www.zhihu.com")
MAPS = Entry("app", "地图")
TWINS = (Entry("app", "终端"), Entry("app", "中断"))
WORLD = Catalogue([CALCULATOR, BAIDU, BILIBILI, ZHIHU, MAPS, *TWINS])


@pytest.fixture(scope="module")
def matcher(grammar: Grammar) -> Matcher:
    return Matcher(grammar, WORLD, "linux")


def test_an_app_is_to_be_started(matcher: Matcher) -> None:
    assert matcher.decide("帮我打开一下计算器吧。") == Decision(
        "command",
        "exact",
        1.0,
        "app",
        "计算器",
        commands=(("gnome-calculator",), ("xcalc",)),
        names=("计算器", "calculator"),
    )


def test_each_system_has_its_own_commands(grammar: Grammar) -> None:
    assert Matcher(grammar, WORLD, "windows").decide("打开计算器").commands == (("calc.exe",),)
    assert Matcher(grammar, WORLD, "macos").decide("打开计算器").commands == ()


def test_a_site_is_to_be_opened(matcher: Matcher) -> None:
    decision = matcher.decide("去B站看看")
    assert (decision.command_type, decision.target) == ("site", "哔哩哔哩")
    assert decision.url == "https://www.bilibili.com"


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [("打开计算器", "exact"), ("大开计蒜器", "pinyin"), ("打开计算姐", "near_pinyin")],
)
def test_how_the_name_was_found_is_the_reason(sentence: str, reason: str, matcher: Matcher) -> None:
    decision = matcher.decide(sentence)
    assert (decision.target, decision.reason) == ("计算器", reason)
    assert decision.confidence == {**CONFIDENCE}[decision.reason]  # type: ignore[index]


@pytest.mark.parametrize("sentence", ["看计算姐", "去哔哩必那", "大开计算姐"])
def test_everyday_verbs_want_the_name_itself(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


def test_an_unknown_name_is_said_back(matcher: Matcher) -> None:
    assert matcher.decide("请打开Blender软件。") == Decision(
        "unresolved", "unknown_name", target="blender"
    )


@pytest.mark.parametrize("sentence", ["打开窗户通通风吧然后再睡一觉", "去学校", "打开微信了吗"])
def test_what_can_be_no_name_is_chat(sentence: str, matcher: Matcher) -> None:
    assert matcher.decide(sentence) == Decision("chat", "no_wording")


def test_a_name_that_may_be_two_is_asked_about(matcher: Matcher) -> None:
    assert matcher.decide("打开钟端") == Decision(
        "unresolved", "ambiguous_name", choices=("终端", "中断")
    )
    assert matcher.decide("打开终端").is_command


def test_an_app_is_no_website_but_a_site_may_be_called_an_app(matcher: Matcher) -> None:
    assert matcher.decide("打开知乎网站").target == "知乎"
    assert matcher.decide("打开知乎软件").target == "知乎"
    assert matcher.decide("打开计算器软件").target == "计算器"
    assert not matcher.decide("打开计算器网站").is_command


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
    assert matcher.decide(sentence) == Decision("chat", reason)


def test_what_is_said_twice_counts_once(matcher: Matcher) -> None:
    assert matcher.decide("打开计算器，打开计算器。").target == "计算器"


def test_the_trace_shows_each_step(matcher: Matcher) -> None:
    trace = matcher.trace("嗯，帮我打开计算器！")
    assert trace.sentence == "嗯帮我打开计算器"
    assert trace.cores == ("嗯帮我打开计算器", "帮我打开计算器", "打开计算器")
    assert trace.decision == matcher.decide("打开计算器")
    assert matcher.trace("").cores == ()


# --- Searches ---


@pytest.mark.parametrize(
    ("sentence", "host", "query"),
    [
        ("搜索红烧肉的做法", "baidu.example", "红烧肉的做法"),
        ("帮我搜一下 Python 3.12", "baidu.example", "Python 3.12"),
        ("百度一下红烧肉", "baidu.example", "红烧肉"),
        ("在B站搜原神", "bili.example", "原神"),
        ("去B站上搜索一下 Bad Apple!!", "bili.example", "Bad Apple"),
        ("search Cute Cats on bilibili", "bili.example", "cute cats"),
        ("搜索《三体》。", "baidu.example", "《三体》"),
        ("搜索C++", "baidu.example", "C++"),
        ("搜尋紅燒肉", "baidu.example", "紅燒肉"),
    ],
)
def test_a_query_is_searched_as_it_was_said(
    sentence: str, host: str, query: str, matcher: Matcher
) -> None:
    decision = matcher.decide(sentence)
    assert (decision.command_type, decision.target) == ("search", query)
    assert urlsplit(decision.url or "").hostname == host


@pytest.mark.parametrize(
    "query",
    ["a&b=c#d /../", "x&wd=evil", "#top", "../../etc", "a?b", "%2e%2e/", "+1 %0a", "@host:80/"],
)
def test_no_query_changes_the_address(query: str, matcher: Matcher) -> None:
    decision = matcher.decide(f"搜索一下猫{query}猫")
    assert decision.command_type == "search"
    parts = urlsplit(decision.url or "")
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "baidu.example", "/s")
    assert parse_qsl(parts.query, strict_parsing=True) == [("wd", decision.target)]
    assert parts.fragment == ""

    in_path = urlsplit(matcher.decide(f"在B站搜猫{query}猫").url or "")
    assert in_path.netloc == "bili.example"
    assert in_path.path.count("/") == 1
    assert in_path.query == "from=voice"


def test_the_reason_of_a_search_is_how_its_site_was_found(matcher: Matcher) -> None:
    assert matcher.decide("在哔哩哔哩搜原神").reason == "exact"
    heard = matcher.decide("在必哩必哩搜原神")
    assert (heard.reason, heard.confidence) == ("pinyin", CONFIDENCE["pinyin"])


@pytest.mark.parametrize(
    "sentence",
    ["搜索", "搜狗输入法", "搜索引擎是什么", "在知乎搜不到", "在B站上找不到", "百度一下是什么意思"],
)
def test_speaking_of_searches_is_no_search(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


@pytest.mark.parametrize(
    ("query", "text", "said"),
    [
        ("红烧肉", "搜索，红烧肉。", "红烧肉"),
        ("cats", "search Cats!", "Cats"),
        ("三体好看吗", "搜《三体》好看吗？", "《三体》好看吗"),
        ("红烧肉米饭", "搜红烧肉　米饭", "红烧肉 米饭"),
        ("ab cd", "搜AB\x00CD\ud800", "AB CD"),
        ("cats", "search CATS on youtube", "cats"),
    ],
)
def test_as_said(query: str, text: str, said: str) -> None:
    assert as_said(query, text) == said


# --- The computer itself ---


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
