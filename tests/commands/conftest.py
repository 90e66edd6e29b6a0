"""The built-in wordings and names, for the tests of this room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli

import voice_assistant.commands
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.templates import expanded
from voice_assistant.commands.wordings.grammar import Grammar

DATA = Path(voice_assistant.commands.__file__).parent / "data"


@pytest.fixture(scope="session")
def grammar_data() -> dict[str, Any]:
    """The content of `data/grammar.toml`, expanded; not to be changed."""
    return expanded(tomli.loads((DATA / "grammar.toml").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def grammar(grammar_data: dict[str, Any]) -> Grammar:
    """The built-in wordings."""
    return Grammar(grammar_data)


@pytest.fixture(scope="session")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> CommandLibrary:
    """Built-in wordings and names, and nothing of a user's."""
    return CommandLibrary(tmp_path_factory.mktemp("no-user") / "commands.toml", "linux")


@pytest.fixture(scope="session")
def built_in_names() -> list[str]:
    """All that is said for what is in the catalogue, most asked first."""
    rows = [
        row
        for table in ("app", "site")
        for row in tomli.loads((DATA / f"{table}s.toml").read_text(encoding="utf-8"))[table]
    ]
    return [name for row in rows for name in (row["name"], *row["aliases"])]


@pytest.fixture(scope="session")
def small() -> Grammar:
    """A few wordings of each sort."""
    return Grammar(
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
                "called": ["软件"],
                "last_verbs": ["打开", "进入"],
                "before_last": ["帮我", "给我"],
                "everyday": ["音乐"],
                "switched": ["灯"],
                "then": ["我", "然后", "and "],
                "trailing": ["这"],
                "then_not": ["怎么", "提示音", "就", "后"],
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


@pytest.fixture(scope="session")
def world() -> Catalogue:
    """A few names, of which each test may know what they are near to."""
    return Catalogue(
        [
            Entry(
                "app",
                "计算器",
                ("calculator",),
                {"linux": (("gnome-calculator",), ("xcalc",)), "windows": (("calc.exe",),)},
            ),
            Entry("app", "微信", ("WeChat",), {"linux": (("wechat",),)}),
            Entry("app", "地图"),
            Entry("app", "终端"),
            Entry("app", "中断"),
            Entry("app", "酷狗"),
            Entry("app", "酷狗音乐"),
            Entry("app", "相机", ("照相机",)),
            Entry("app", "短信"),
            Entry("app", "设置"),
            Entry("app", "音乐"),
            Entry(
                "site",
                "百度",
                url="https://www.baidu.com",
                search="https://baidu.example/s?wd={query}",
            ),
            Entry(
                "site",
                "哔哩哔哩",
                ("B站", "bilibili"),
                url="https://www.bilibili.com",
                search="https://bili.example/{query}?from=voice",
            ),
            Entry("site", "知乎", url="https://www.zhihu.com"),
            Entry("site", "抖音", url="https://www.douyin.com"),
            Entry("site", "拼多多", url="https://www.pinduoduo.com"),
            Entry("site", "快手", url="https://www.kuaishou.com"),
        ]
    )


@pytest.fixture(scope="session")
def matcher(grammar: Grammar, world: Catalogue) -> Matcher:
    """The built-in wordings with those names."""
    return Matcher(grammar, world, "linux")
