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
from voice_assistant.commands.normalise import key

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


def test_there_is_enough_to_be_useful() -> None:
    assert len(APPS) >= 170
    assert len(SITES) >= 120


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
