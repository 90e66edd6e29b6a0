"""What the built-in catalogue promises to the matcher and to the launcher."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import tomli

import voice_assistant.commands
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import read_entries
from voice_assistant.commands.normalise import key, normalise

DATA = Path(voice_assistant.commands.__file__).parent / "data"
PLATFORMS = {"linux", "windows", "macos"}
SHELL_CHARACTERS = set(";|&<>$`")

# Named in the mission of the project.
# fmt: off
MISSION_APPS = [
    "计算器", "记事本", "任务管理器", "微信", "支付宝", "浏览器",
    "相机", "日历", "画图", "控制面板", "命令提示符", "终端",
    "腾讯会议", "企业微信", "网易云音乐", "百度网盘",
]
# fmt: on
MISSION_SITES = ["百度", "知乎", "哔哩哔哩", "淘宝", "微博", "优酷", "豆瓣", "小红书"]

Entry = dict[str, Any]


def _entries(file: str, kind: str) -> list[Entry]:
    document = tomli.loads((DATA / file).read_text(encoding="utf-8"))
    assert list(document) == [kind]
    entries: list[Entry] = document[kind]
    return entries


APPS = _entries("apps.toml", "app")
SITES = _entries("sites.toml", "site")


def _label(entry: Entry) -> str:
    return str(entry.get("name"))


def _said(entry: Entry) -> list[str]:
    return [entry["name"], *entry["aliases"]]


def _plain(name: str) -> str:
    """Without width, case, spaces and punctuation; signs stay: Steam++ is not Steam."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKC", name).lower()
        if unicodedata.category(character)[0] not in "PZ"
    )


# What people do at a computer, and what they then ask for.
EVERY_DAY = {
    "to talk": "微信 QQ 钉钉 企业微信 飞书 Telegram",
    "to write": "Word WPS 记事本 便签",
    "to calculate": "计算器 Excel",
    "to present": "PPT",
    "to look something up": "浏览器 Chrome Edge 百度 必应 谷歌 百度百科 维基百科",
    "to listen": "音乐播放器 网易云音乐 QQ音乐 酷狗音乐 喜马拉雅",
    "to watch": "视频播放器 爱奇艺 优酷 腾讯视频 哔哩哔哩 B站 抖音 快手",
    "to read along": "微博 知乎 小红书 豆瓣",
    "to buy": "淘宝 京东 拼多多 天猫 闲鱼 支付宝",
    "to eat": "美团 饿了么 大众点评",
    "to read the news": "今日头条 新浪 腾讯新闻 人民网 新华网",
    "to read mail": "邮箱 QQ邮箱 163邮箱 Outlook Gmail",
    "to get somewhere": "高德地图 百度地图 12306 携程 滴滴",
    "to learn": "学信网 慕课网 知网",
    "to translate": "有道翻译 百度翻译",
    "to meet": "腾讯会议 Zoom",
    "to program": "VSCode PyCharm 终端 GitHub CSDN",
    "to ask a machine": "豆包 DeepSeek ChatGPT Kimi 文心一言 通义千问",
    "to play": "Steam 原神 英雄联盟 我的世界",
    "to find work": "BOSS直聘 智联招聘 前程无忧",
    "to find a home": "贝壳找房 链家 安居客 58同城",
    "to see to money": "支付宝 东方财富 雪球 招商银行 工商银行",
    "to keep files": "文件管理器 百度网盘 阿里云盘 迅雷",
    "to see to the computer": "任务管理器 控制面板 设置 设备管理器 注册表 命令提示符",
    "to use what every computer has": "画图 相机 日历 时钟 天气 录音机 截图工具 放大镜 回收站",
}


@pytest.mark.parametrize("purpose", EVERY_DAY)
def test_there_is_something_for_what_people_do_every_day(purpose: str) -> None:
    entries = [*read_entries({"app": APPS}), *read_entries({"site": SITES})]
    catalogue = Catalogue(entries)
    names = EVERY_DAY[purpose].split()
    assert [name for name in names if not catalogue.exact(normalise(name))] == []


@pytest.mark.parametrize("entry", APPS, ids=_label)
def test_an_app_has_nothing_but_its_fields(entry: Entry) -> None:
    assert set(entry) == {"name", "aliases", "command"}


@pytest.mark.parametrize("entry", SITES, ids=_label)
def test_a_site_has_nothing_but_its_fields(entry: Entry) -> None:
    assert {"name", "aliases", "url"} <= set(entry) <= {"name", "aliases", "url", "search"}


@pytest.mark.parametrize("entry", APPS + SITES, ids=_label)
def test_what_people_say_is_text(entry: Entry) -> None:
    assert isinstance(entry["aliases"], list)
    for said in _said(entry):
        assert isinstance(said, str)
        assert said == said.strip()
        assert _plain(said)


@pytest.mark.parametrize("fold", [_plain, key])
def test_a_name_stands_in_one_entry_only(fold: Callable[[str], str]) -> None:
    owners: defaultdict[str, set[str]] = defaultdict(set)
    for kind, entries in (("app", APPS), ("site", SITES)):
        for number, entry in enumerate(entries):
            for said in _said(entry):
                owners[fold(said)].add(f"{kind} {number} {entry['name']}")
    assert {name: found for name, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize("entry", APPS + SITES, ids=_label)
def test_no_alias_repeats_another(entry: Entry) -> None:
    keys = [key(said) for said in _said(entry)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("entry", APPS, ids=_label)
def test_a_command_is_argument_lists_and_never_a_shell_line(entry: Entry) -> None:
    command = entry["command"]
    assert set(command) <= PLATFORMS
    for alternatives in command.values():
        assert isinstance(alternatives, list)
        assert alternatives
        for argv in alternatives:
            assert isinstance(argv, list)
            assert argv
            for argument in argv:
                assert isinstance(argument, str)
                assert argument.strip()
                assert not SHELL_CHARACTERS & set(argument)


@pytest.mark.parametrize("entry", SITES, ids=_label)
def test_a_site_is_reached_by_https(entry: Entry) -> None:
    address = urlsplit(entry["url"])
    assert address.scheme == "https"
    assert address.hostname
    assert "." in address.hostname
    assert not address.query
    assert not address.fragment


@pytest.mark.parametrize("entry", [site for site in SITES if "search" in site], ids=_label)
def test_a_search_takes_one_query_after_the_host(entry: Entry) -> None:
    assert entry["search"].count("{query}") == 1
    assert entry["search"].count("{") == entry["search"].count("}") == 1
    address = urlsplit(entry["search"])
    assert address.scheme == "https"
    assert address.hostname
    assert "{" not in address.netloc


@pytest.mark.parametrize("name", MISSION_APPS)
def test_the_mission_s_programs_are_apps(name: str) -> None:
    assert name in {entry["name"] for entry in APPS}


@pytest.mark.parametrize("name", MISSION_SITES)
def test_the_mission_s_sites_are_sites(name: str) -> None:
    assert name in {entry["name"] for entry in SITES}


@pytest.mark.parametrize("said", ["时钟", "计时器"])
def test_a_timer_is_the_clock_and_not_the_calculator(said: str) -> None:
    assert [entry["name"] for entry in APPS if said in _said(entry)] == ["时钟"]
