from __future__ import annotations

import pytest

from voice_assistant.commands.wordings.grammar import Grammar


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("打开微信", [("微信", False)]),
        ("访问知乎", [("知乎", False)]),
        ("open wechat", [("wechat", False)]),
        ("open微信", [("微信", False)]),
        ("openwechat", []),
        ("去微信", [("微信", True)]),
        ("他开微信", [("微信", True)]),
        ("去微信看看吧", [("微信看看吧", True), ("微信", True)]),
        ("打开微信看看", [("微信看看", False), ("微信", True)]),
        ("把微信打开", [("微信", False), ("把微信", True)]),
        ("把微信给我打开一下", [("微信一下", False), ("把微信", True)]),
        ("打开了微信", [("了微信", True)]),
        ("打开不了", [("不了", True)]),
        ("微信打开", [("微信", True)]),
        ("微信帮我打开", [("微信", True)]),
        ("音乐打开", [("音乐", True)]),
        ("灯打开", []),
        ("灯帮我打开吧", []),
        ("别打开微信", []),
    ],
)
def test_open_forms(sentence: str, expected: list[tuple[str, bool]], small: Grammar) -> None:
    assert [(form.rest, form.weak) for form in small.opening.forms(sentence)] == expected


def test_names_are_freed_of_tails_fillers_and_nouns_longest_first(small: Grammar) -> None:
    assert list(small.opening.names("一下我的微信软件吧")) == [
        ("一下我的微信软件吧", None),
        ("我的微信软件吧", None),
        ("微信软件吧", None),
        ("一下我的微信软件", None),
        ("一下我的微信", "app"),
        ("我的微信软件", None),
        ("我的微信", "app"),
        ("微信软件", None),
        ("微信", "app"),
    ]
    assert ("百度", "site") in small.opening.names("百度的网站")
    assert ("wechat", "app") in small.opening.names("the wechat app")
    assert list(small.opening.names("软件")) == [("软件", None)]


@pytest.mark.parametrize(
    ("sentence", "prefers", "only", "may_go_on"),
    [
        ("打开微信", None, False, True),
        ("打开了微信", None, False, False),
        ("把微信打开", None, False, False),
        ("访问知乎", "site", False, False),
        ("浏览知乎", "site", True, False),
        ("去知乎", None, False, False),
        ("微信打开", None, False, False),
    ],
)
def test_the_verb_says_what_kind_is_meant_and_whether_more_may_follow(
    sentence: str, prefers: str | None, only: bool, may_go_on: bool, small: Grammar
) -> None:
    form = next(small.opening.forms(sentence))
    assert (form.prefers, form.only, form.may_go_on) == (prefers, only, may_go_on)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [("去微信", True), ("看微信", True), ("打开微信", False), ("访问微信", False), ("微信", False)],
)
def test_everyday_verbs(sentence: str, expected: bool, small: Grammar) -> None:
    assert small.opening.is_everyday(sentence) == expected


def test_a_look_is_suggested_at_the_end(small: Grammar) -> None:
    assert small.opening.suggests("去微信看看")
    assert not small.opening.suggests("看看微信")


@pytest.mark.parametrize(
    ("rest", "again"),
    [
        ("v打开微信", ["微信"]),
        ("打开微信", ["微信"]),
        ("微信打开微信", ["微信"]),
        ("微打开微信", ["微信"]),
        ("微信帮我打开微信", ["微信"]),
        ("微信打开", ["微信"]),
        ("微信打开知乎", []),
        ("微信open 知乎", []),
        ("qq打开qq音乐", ["qq音乐"]),
        ("网易云音乐打开网易云音乐软件", []),
        ("微信朋友圈里打开微信", []),
        ("微信", []),
    ],
)
def test_a_speaker_may_begin_anew(rest: str, again: list[str], small: Grammar) -> None:
    assert [form.rest for form in small.opening.restarts(rest)] == again
    assert all(form.weak and not form.may_go_on for form in small.opening.restarts(rest))


def test_fillers_come_off_one_at_a_time(small: Grammar) -> None:
    texts = ["一下我的微信", "我的微信", "微信"]
    assert list(small.opening.without_fillers("一下我的微信")) == texts
    assert list(small.opening.without_fillers("the wechat")) == ["the wechat", "wechat"]
    assert list(small.opening.without_fillers("一下")) == ["一下"]


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        ("微信", "发消息", True),
        ("微信", "这", True),
        ("微信", "就闪退", False),
        ("微信", "怎么发消息", False),
        ("微信", "然后发消息", True),
        ("微信", "发消息后", False),
        ("短信", "提示音", False),
        ("微信", "输入法", False),
        ("微信", "输入法版", False),
        ("微信", "输入法打字", True),
        ("微信", "发消息了", False),
        ("微信", "发消息吗", False),
        ("qq", "2018", False),
        ("微信", "2018", False),
        ("qq", "二零一八", False),
        ("网易cc", "二零一八", False),
        ("微信", "二维码", True),
        ("wechat", "send a message", False),
        ("wechat", "and send a message", True),
    ],
)
def test_what_may_follow_a_name(name: str, more: str, expected: bool, small: Grammar) -> None:
    assert small.opening.may_follow(name, more) == expected


@pytest.mark.parametrize(
    ("names", "more", "expected"),
    [
        (["音乐"], "李白", True),
        (["播放器", "音乐"], "李白", True),
        (["音乐"], "我要听李白", False),
        (["音乐"], "这", False),
        (["微信"], "李白", False),
    ],
)
def test_more_of_an_everyday_thing_is_not_its_app(
    names: list[str], more: str, expected: bool, small: Grammar
) -> None:
    assert small.opening.is_everyday_before(names, more) == expected


def test_all_verbs_that_open_something_are_known(small: Grammar) -> None:
    assert small.opening.verbs == {"打开", "open ", "访问", "浏览"}
