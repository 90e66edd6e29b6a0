from __future__ import annotations

import pytest

from tests.support.decisions import only
from voice_assistant.commands.decision import (
    CONFIDENCE,
    Chat,
    OpenApp,
    OpenSite,
    Understanding,
    Unresolved,
)
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.wordings.grammar import Grammar


def test_an_app_is_to_be_started(matcher: Matcher) -> None:
    understanding = matcher.decide("帮我打开一下计算器吧。")
    app = OpenApp(
        "exact",
        "计算器",
        ("计算器", "calculator"),
        commands=(("gnome-calculator",), ("xcalc",)),
    )
    assert understanding == Understanding("帮我打开一下计算器吧。", (app,))
    assert (understanding.command_type, understanding.confidence) == ("app", 1.0)


def test_each_system_has_its_own_commands(grammar: Grammar, world: Catalogue) -> None:
    on_windows = Matcher(grammar, world, "windows").decide("打开计算器")
    assert only(OpenApp, on_windows).commands == (("calc.exe",),)
    on_macos = Matcher(grammar, world, "macos").decide("打开计算器")
    assert only(OpenApp, on_macos).commands == ()


def test_a_site_is_to_be_opened(matcher: Matcher) -> None:
    understanding = matcher.decide("去B站看看")
    assert (understanding.command_type, understanding.target) == ("site", "哔哩哔哩")
    assert only(OpenSite, understanding).url == "https://www.bilibili.com"


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [("打开计算器", "exact"), ("大开计蒜器", "pinyin"), ("打开计算姐", "near_pinyin")],
)
def test_how_the_name_was_found_is_the_reason(sentence: str, reason: str, matcher: Matcher) -> None:
    understanding = matcher.decide(sentence)
    app = only(OpenApp, understanding)
    assert (app.target, app.reason) == ("计算器", reason)
    assert understanding.confidence == CONFIDENCE[app.reason]


@pytest.mark.parametrize("sentence", ["看计算姐", "去哔哩必那", "大开计算姐"])
def test_everyday_verbs_want_the_name_itself(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


def test_an_unknown_name_is_said_back(matcher: Matcher) -> None:
    understanding = matcher.decide("请打开Blender软件。")
    assert only(Unresolved, understanding) == Unresolved("blender", ())
    assert only(Unresolved, understanding).reason == "unknown_name"


@pytest.mark.parametrize(
    "sentence", ["打开", "打开窗户通通风吧然后再睡一觉", "去学校", "打开微信了吗"]
)
def test_what_can_be_no_name_is_chat(sentence: str, matcher: Matcher) -> None:
    assert only(Chat, matcher.decide(sentence)) == Chat("no_wording")


def test_a_name_that_may_be_two_is_asked_about(matcher: Matcher) -> None:
    unresolved = only(Unresolved, matcher.decide("打开钟端"))
    assert unresolved == Unresolved(None, ("终端", "中断"))
    assert unresolved.reason == "ambiguous_name"
    assert matcher.decide("打开终端").is_command


def test_an_app_is_no_website_but_a_site_may_be_called_an_app(matcher: Matcher) -> None:
    assert matcher.decide("打开知乎网站").target == "知乎"
    assert matcher.decide("打开知乎软件").target == "知乎"
    assert matcher.decide("打开计算器软件").target == "计算器"
    assert not matcher.decide("打开计算器网站").is_command


@pytest.mark.parametrize(
    ("sentence", "target", "remainder"),
    [
        ("打开微信发消息", "微信", "发消息"),
        ("请打开一下微信发消息给妈妈", "微信", "发消息给妈妈"),
        ("打开威信发消息", "微信", "发消息"),
        ("打开酷狗放首歌", "酷狗", "放首歌"),
        ("打开酷狗因乐放首歌", "酷狗音乐", "放首歌"),
        ("打开酷狗音乐放首歌", "酷狗音乐", "放首歌"),
        ("打开音乐我要听李白", "音乐", "我要听李白"),
        ("打开微信然后发消息", "微信", "然后发消息"),
        ("打开微信打开地图", "微信", "打开地图"),
        ("打开微信这", "微信", "这"),
        ("open WeChat and send a message", "微信", "and send a message"),
    ],
)
def test_more_may_be_wanted_than_opening(
    sentence: str, target: str, remainder: str, matcher: Matcher
) -> None:
    understanding = matcher.decide(sentence)
    assert understanding.is_command
    assert (understanding.target, understanding.remainder) == (target, remainder)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("打开微信发消息", "exact"), ("打开威信发消息", "pinyin"),
        ("打开酷狗因乐放首歌", "pinyin"), ("打开酷狗英月放首歌", "near_pinyin"),
    ],
)  # fmt: skip
def test_how_a_name_with_more_after_it_was_found_is_the_reason_too(
    sentence: str, reason: str, matcher: Matcher
) -> None:
    understanding = matcher.decide(sentence)
    app = only(OpenApp, understanding)
    assert app.reason == reason
    assert understanding.confidence == CONFIDENCE[app.reason]


@pytest.mark.parametrize(
    "sentence",
    [
        "打开微信输入法", "打开微信输入法极速版", "打开微信就闪退", "打开微信要钱吗",
        "打开短信提示音", "打开设置的辅助功能", "打开音乐李白", "打开音月李白", "打开微信发消息了",
        "open wechat slowly", "打开WeChats发消息", "访问微信发消息", "去微信发消息",
        "打开了微信发消息",
    ],
)  # fmt: skip
def test_what_more_is_said_may_tell_ask_or_name_something_else(
    sentence: str, matcher: Matcher
) -> None:
    assert not matcher.decide(sentence).is_command


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("打开V打开微信", "微信"),
        ("打开微打开微信", "微信"),
        ("打开抖音给我打开抖音", "抖音"),
        ("打开抖音打开", "抖音"),
        ("拼多多打开拼多多打开", "拼多多"),
    ],
)
def test_a_speaker_may_begin_anew(sentence: str, target: str, matcher: Matcher) -> None:
    understanding = matcher.decide(sentence)
    assert understanding.is_command
    assert (understanding.target, understanding.remainder) == (target, None)


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("照相机打开", "相机"),
        ("短信打开", "短信"),
        ("我把相机打开", "相机"),
        ("帮我把相机给我打开一下", "相机"),
        ("快手帮我进入", "快手"),
        ("知乎给我打开吧", "知乎"),
    ],
)
def test_the_verb_may_stand_at_the_end(sentence: str, target: str, matcher: Matcher) -> None:
    understanding = matcher.decide(sentence)
    assert (understanding.is_command, understanding.target) == (True, target)


@pytest.mark.parametrize("sentence", ["音乐打开", "照相姐打开", "冰箱打开", "照相机打开了吗"])
def test_a_verb_at_the_end_wants_the_name_itself(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


@pytest.mark.parametrize(
    ("sentence", "app_first"),
    [("打开知乎", True), ("打开知乎软件", True), ("访问知乎", False), ("打开知乎网站", False),
     ("浏览知乎", False), ("去知乎", True), ("打开微信", False), ("访问之乎", False)],
)  # fmt: skip
def test_a_site_may_be_an_installed_app_unless_the_site_is_asked_for(
    sentence: str, app_first: bool, matcher: Matcher
) -> None:
    understanding = matcher.decide(sentence)
    assert understanding.is_command
    [decision] = understanding.decisions
    assert (isinstance(decision, OpenSite) and decision.app_first) == app_first


def test_only_sites_are_browsed(matcher: Matcher) -> None:
    assert matcher.decide("浏览知乎").target == "知乎"
    assert not matcher.decide("浏览短信").is_command
    assert matcher.decide("访问短信").target == "短信"


# --- An app and a site of one name, and the user's own ---


SITE = Entry("site", "小黄鸭", url="https://duck.example")
APP = Entry("app", "小黄鸭", commands={"linux": (("duck",),)})
OWN_APP = Entry("app", "小黄鸭", commands={"linux": (("my-duck",),)}, of_user=True)
OWN_SITE = Entry("site", "小黄鸭", url="https://my-duck.example", of_user=True)


def decide(grammar: Grammar, sentence: str, *entries: Entry) -> Understanding:
    return Matcher(grammar, Catalogue(entries), "linux").decide(sentence)


@pytest.mark.parametrize("entries", [(APP, SITE), (OWN_APP, SITE)])
def test_the_verb_tells_an_app_from_a_site_of_its_name(
    entries: tuple[Entry, ...], grammar: Grammar
) -> None:
    visited = decide(grammar, "访问小黄鸭", *entries)
    assert only(OpenSite, visited).url == "https://duck.example"
    assert visited.command_type == "site"
    opened = decide(grammar, "打开小黄鸭", *entries)
    assert opened.command_type == "app"
    assert only(OpenApp, opened).commands == entries[0].commands["linux"]
    assert decide(grammar, "打开小黄鸭网站", *entries).command_type == "site"


@pytest.mark.parametrize("sentence", ["访问小皇鸭", "打开小皇鸭网站"])
def test_so_it_does_where_the_name_is_only_known_by_its_sound(
    sentence: str, grammar: Grammar
) -> None:
    site = only(OpenSite, decide(grammar, sentence, APP, SITE))
    assert (site.url, site.reason) == ("https://duck.example", "pinyin")
    assert only(OpenApp, decide(grammar, "打开小皇鸭", APP, SITE)).reason == "pinyin"


@pytest.mark.parametrize(
    ("app", "url"), [((APP, SITE), "https://duck.example"), ((APP,), None), ((OWN_APP, SITE), None)]
)
def test_an_app_that_is_built_in_has_the_address_of_the_site_of_its_name(
    app: tuple[Entry, ...], url: str | None, grammar: Grammar
) -> None:
    opened = decide(grammar, "打开小黄鸭", *app)
    assert opened.command_type == "app"
    assert only(OpenApp, opened).fallback_url == url


def test_the_user_s_own_come_before_built_in_ones(grammar: Grammar) -> None:
    app = only(OpenApp, decide(grammar, "打开小黄鸭", APP, OWN_APP))
    assert app == OpenApp("exact", "小黄鸭", ("小黄鸭",), (("my-duck",),), own=True)
    site = only(OpenSite, decide(grammar, "打开小黄鸭", SITE, OWN_SITE))
    assert site == OpenSite("exact", "小黄鸭", ("小黄鸭",), "https://my-duck.example", own=True)


def test_a_site_of_the_user_s_is_no_installed_app(grammar: Grammar) -> None:
    assert only(OpenSite, decide(grammar, "打开小黄鸭", SITE)).app_first
    assert not only(OpenSite, decide(grammar, "打开小黄鸭", OWN_SITE)).app_first


def test_two_of_the_user_s_with_one_alias_are_asked_about(grammar: Grammar) -> None:
    duck = Entry("app", "小黄鸭", ("鸭子",), of_user=True)
    goose = Entry("app", "小白鹅", ("鸭子",), of_user=True)
    built_in = Entry("app", "鸭子")
    asked = decide(grammar, "打开鸭子", built_in, duck, goose)
    assert only(Unresolved, asked) == Unresolved(None, ("小黄鸭", "小白鹅"))
    assert decide(grammar, "打开小白鹅", built_in, duck, goose).target == "小白鹅"
