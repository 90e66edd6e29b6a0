from __future__ import annotations

import pytest

from voice_assistant.commands.grammar import Grammar

SMALL = Grammar(
    {
        "heads": ["请", "帮我", "我想", "去", "please "],
        "tails": ["吧", "一下", "了", "吗", "好吗", " please"],
        "questions": ["了吗"],
        "telling": ["了", "吗"],
        "polite": ["请", "帮"],
        "open": {
            "verbs": ["打开", "open "],
            "site_verbs": ["访问"],
            "only_site_verbs": ["浏览"],
            "weak_verbs": ["去", "看"],
            "weak_tails": ["看看"],
            "heard_as": ["他开"],
            "telling": ["了", "不了"],
            "object_marks": ["把"],
            "last_verbs": ["打开", "进入"],
            "before_last": ["帮我", "给我"],
            "everyday": ["音乐"],
            "then": ["我", "and "],
            "trailing": ["这"],
            "then_not": ["怎么", "提示音", "就"],
            "products": ["输入法"],
            "editions": ["版"],
            "fillers": ["一下", "我的", "the "],
            "app_nouns": ["软件", " app"],
            "site_nouns": ["网站", "的网站"],
        },
        "search": {
            "verbs": ["搜索", "搜", "百度一下", "search "],
            "not_verbs": ["搜狗"],
            "not_queries": ["不到"],
            "verbs_with_site": ["搜索", "搜", "找"],
            "site_marks": ["在"],
            "site_ends": ["上"],
            "fillers": ["一下"],
            "site_after": [" on "],
            "named": {"百度一下": "百度"},
        },
        "system": [
            {"name": "静音", "wordings": ["静音"], "heard_as": ["精音"]},
            {"name": "静音", "value": "off", "wordings": ["取消静音"]},
            {"name": "关机", "confirm": True, "wordings": ["关机"]},
        ],
        "folder": {
            "where": ["在桌面上"],
            "verbs": ["新建", "新建一个"],
            "what": ["文件夹"],
            "called": ["叫"],
        },
        "close": {"verbs": ["关闭", "关掉", "close "], "object_marks": ["把"]},
        "volume": {
            "what": ["音量", "volume "],
            "how": ["调到", "to ", ""],
            "percent_before": ["百分之"],
            "percent_after": ["percent", " percent"],
        },
    }
)


def forms(sentence: str) -> list[tuple[str, bool]]:
    return [(form.rest, form.weak) for form in SMALL.opening.forms(sentence)]


def test_heads_come_off_one_at_a_time() -> None:
    assert list(SMALL.politeness.without_heads("请帮我打开微信")) == [
        "请帮我打开微信",
        "帮我打开微信",
        "打开微信",
    ]
    assert list(SMALL.politeness.without_heads("please open微信")) == [
        "please open微信",
        "open微信",
    ]
    assert list(SMALL.politeness.without_heads("please打开微信")) == ["please打开微信", "打开微信"]
    assert list(SMALL.politeness.without_heads("帮我")) == ["帮我"]


def test_tails_come_off_one_at_a_time() -> None:
    assert list(SMALL.politeness.without_tails("微信一下吧")) == ["微信一下吧", "微信一下", "微信"]
    assert list(SMALL.politeness.without_tails("wechat please")) == ["wechat please", "wechat"]
    assert list(SMALL.politeness.without_tails("微信please")) == ["微信please", "微信"]
    assert list(SMALL.politeness.without_tails("吧")) == ["吧"]


def test_nothing_comes_off_a_question() -> None:
    assert SMALL.politeness.asks("打开微信了吗")
    assert list(SMALL.politeness.without_tails("打开微信了吗")) == ["打开微信了吗"]
    assert not SMALL.politeness.asks("打开微信吗")


@pytest.mark.parametrize("sentence", ["去微信了", "看微信吗", "去微信看看了", "关机吗", "静音吗"])
def test_everyday_verbs_may_tell_or_ask(sentence: str) -> None:
    assert SMALL.tells_or_asks(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "去微信",
        "看微信吧",
        "我想去微信了",
        "打开微信吗",
        "打开微信了",
        "去微信好吗",
        "关机了",
        "吗",
    ],
)
def test_wishes_neither_tell_nor_ask(sentence: str) -> None:
    assert not SMALL.tells_or_asks(sentence)


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
        ("音乐打开", []),
        ("别打开微信", []),
    ],
)
def test_open_forms(sentence: str, expected: list[tuple[str, bool]]) -> None:
    assert forms(sentence) == expected


def test_names_are_freed_of_tails_fillers_and_nouns_longest_first() -> None:
    assert list(SMALL.opening.names("一下我的微信软件吧")) == [
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
    assert ("百度", "site") in SMALL.opening.names("百度的网站")
    assert ("wechat", "app") in SMALL.opening.names("the wechat app")
    assert list(SMALL.opening.names("软件")) == [("软件", None)]


@pytest.mark.parametrize(
    ("sentence", "query"),
    [
        ("搜索红烧肉", ("红烧肉", None)),
        ("搜一下红烧肉", ("红烧肉", None)),
        ("百度一下红烧肉", ("红烧肉", "百度")),
        ("search cats", ("cats", None)),
        ("搜索", ("", None)),
        ("红烧肉", None),
        ("搜狗输入法", None),
        ("搜不到", None),
    ],
)
def test_search_query(sentence: str, query: tuple[str, str | None] | None) -> None:
    assert SMALL.searching.query(sentence) == query


@pytest.mark.parametrize(
    ("sentence", "pairs"),
    [
        ("在b站上搜原神", [("b站", "原神")]),
        ("b站搜索一下原神", [("b站", "原神")]),
        ("百度搜索", []),  # 搜索 with no query, and not 搜 with the query 索
        ("在b站上找不到", []),
        ("search cats on youtube", [("youtube", "cats")]),
        ("搜索原神", []),
        ("去b站看看", []),
    ],
)
def test_site_searches(sentence: str, pairs: list[tuple[str, str]]) -> None:
    assert list(SMALL.searching.at_site(sentence)) == pairs


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
def test_volume(sentence: str, percentage: int | None) -> None:
    assert SMALL.system.volume(sentence) == percentage


def test_system_wordings_have_a_value_and_may_need_a_yes() -> None:
    meanings = {
        wording: (meaning.name, meaning.value, meaning.confirm)
        for wording, meaning in SMALL.system.meanings.items()
    }
    assert meanings == {
        "静音": ("静音", None, False),
        "精音": ("静音", None, False),
        "取消静音": ("静音", "off", False),
        "关机": ("关机", None, True),
    }
