from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.decisions import only
from voice_assistant.commands.decision import OpenApp, OpenSite, Search
from voice_assistant.commands.library import CommandLibrary

GOOD = """
[[app]]
name = "小黄鸭"
aliases = ["rubber duck"]
command = ["duck", "--yellow", "$HOME; rm -rf ~"]

[[site]]
name = "内部维基"
url = "https://wiki.example.org"
search = "https://wiki.example.org/search?q={query}"
"""


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    return tmp_path / "commands.toml"


def write(file: Path, text: str, *, encoding: str = "utf-8") -> None:
    """Replace the file as editors do, so that even two writes in one tick are told apart."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text, encoding=encoding)
    fresh.replace(file)


def one_app(name: str, command: str = "duck") -> str:
    return f'[[app]]\nname = "{name}"\ncommand = ["{command}"]\n'


def test_the_built_in_commands_need_no_file(user_file: Path) -> None:
    library = CommandLibrary(user_file, "linux")
    assert library.decide("打开计算器").is_command
    assert library.problem is None


def test_the_user_s_own_are_added(user_file: Path) -> None:
    write(user_file, GOOD)
    library = CommandLibrary(user_file, "linux")
    duck = only(OpenApp, library.decide("帮我打开小黄鸭"))
    assert duck.commands == (("duck", "--yellow", "$HOME; rm -rf ~"),)
    assert duck.own
    assert library.decide("open rubber duck").target == "小黄鸭"
    assert library.decide("打开小黄压").target == "小黄鸭"
    assert only(OpenSite, library.decide("访问内部维基")).url == "https://wiki.example.org"
    assert library.decide("打开计算器").is_command
    assert not only(OpenApp, library.decide("打开计算器")).own


def test_a_site_of_the_user_s_searches_when_it_is_named_and_only_then(user_file: Path) -> None:
    write(user_file, GOOD)
    library = CommandLibrary(user_file, "linux")
    named = only(Search, library.decide("在内部维基搜索报销"))
    assert named.url == "https://wiki.example.org/search?q=%E6%8A%A5%E9%94%80"
    assert "wiki.example" not in only(Search, library.decide("搜索红烧肉")).url


@pytest.mark.parametrize("said", ["打开计算器", "open calculator", "打开计蒜器"])
def test_the_user_s_own_win_over_built_in_ones(said: str, user_file: Path) -> None:
    write(user_file, one_app("计算器", "my-calculator"))
    library = CommandLibrary(user_file, "linux")
    assert only(OpenApp, library.decide(said)).commands == (("my-calculator",),)


def test_an_alias_of_the_user_s_wins_too(user_file: Path) -> None:
    write(user_file, '[[site]]\nname = "算盘"\naliases = ["计算器"]\nurl = "https://a.example"\n')
    understanding = CommandLibrary(user_file, "linux").decide("打开计算器")
    assert (understanding.command_type, understanding.target) == ("site", "算盘")


def test_the_commands_are_those_of_the_platform(user_file: Path) -> None:
    write(
        user_file, '[[app]]\nname = "小黄鸭"\ncommand = { windows = ["d.exe"], linux = ["duck"] }\n'
    )
    for platform, argv in (("linux", (("duck",),)), ("windows", (("d.exe",),)), ("macos", ())):
        duck = only(OpenApp, CommandLibrary(user_file, platform).decide("打开小黄鸭"))
        assert duck.commands == argv


def test_a_change_counts_from_the_next_sentence_on(user_file: Path) -> None:
    library = CommandLibrary(user_file, "linux")
    assert not library.decide("打开小黄鸭").is_command
    write(user_file, one_app("小黄鸭"))
    assert library.decide("打开小黄鸭").is_command
    write(user_file, one_app("小白鹅"))
    assert library.trace("打开小白鹅").understanding.is_command
    assert not library.decide("打开小黄鸭").is_command
    user_file.unlink()
    assert not library.decide("打开小白鹅").is_command


def test_a_change_of_the_same_size_and_time_is_noticed(user_file: Path) -> None:
    write(user_file, one_app("小黄鸭"))
    os.utime(user_file, ns=(1, 1))
    library = CommandLibrary(user_file, "linux")
    fresh = user_file.with_suffix(".new")
    fresh.write_text(one_app("小白鹅"), encoding="utf-8")
    os.utime(fresh, ns=(1, 1))
    fresh.replace(user_file)
    assert library.decide("打开小白鹅").is_command


BROKEN = {
    "not TOML": "[[app]\nname=",
    "unknown table": one_app("小白鹅") + "[[apps]]\n",
    "no command": one_app("小白鹅") + '[[app]]\nname = "小黑狗"\n',
    "shell line": '[[app]]\nname = "小白鹅"\ncommand = "goose --white"\n',
    "not a web address": '[[site]]\nname = "小白鹅"\nurl = "javascript:alert(1)"\n',
    "half an address": '[[site]]\nname = "小白鹅"\nurl = "http://[goose"\n',
    "too deep": "x = " + "[" * 100_000,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_keeps_the_last_good_one(
    broken: str, user_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(user_file, one_app("小黄鸭"))
    library = CommandLibrary(user_file, "linux")
    write(user_file, broken)
    assert library.decide("打开小黄鸭").is_command
    assert not library.decide("打开小白鹅").is_command
    assert library.problem is not None
    assert library.problem.code == "CONFIG_INVALID"
    assert library.problem.params["detail"]
    assert caplog.text.count(str(user_file)) == 1

    write(user_file, one_app("小白鹅"))
    assert library.decide("打开小白鹅").is_command
    assert library.problem is None


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_broken_from_the_start_leaves_the_built_in_commands(
    broken: str, user_file: Path
) -> None:
    write(user_file, broken)
    library = CommandLibrary(user_file, "linux")
    assert library.problem is not None
    assert library.decide("打开计算器").is_command


def test_a_file_that_cannot_be_read_is_a_problem(user_file: Path) -> None:
    user_file.mkdir()
    library = CommandLibrary(user_file, "linux")
    assert library.problem is not None
    assert library.decide("打开计算器").is_command


def test_another_encoding_is_a_problem_but_a_byte_order_mark_is_not(user_file: Path) -> None:
    write(user_file, one_app("小黄鸭"), encoding="utf-8-sig")
    library = CommandLibrary(user_file, "linux")
    assert library.decide("打开小黄鸭").is_command
    write(user_file, one_app("小白鹅"), encoding="utf-16")
    assert library.decide("打开小黄鸭").is_command
    assert library.problem is not None


def test_an_empty_file_is_fine(user_file: Path) -> None:
    write(user_file, "# nothing yet\n")
    assert CommandLibrary(user_file, "linux").problem is None


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("google天气", "google"),
        ("google 天气", "google"),
        ("google cats", "google"),
        ("百度一下天气", "baidu"),
    ],
)
def test_a_verb_that_names_a_site_searches_there(said: str, host: str, user_file: Path) -> None:
    search = only(Search, CommandLibrary(user_file, "linux").decide(said))
    assert urlsplit(search.url).hostname == f"www.{host}.com"


def test_the_catalogue_follows_the_file_and_has_the_user_s_own_first(user_file: Path) -> None:
    library = CommandLibrary(user_file, "linux")
    assert not any(entry.of_user for entry in library.catalogue().entries)
    write(user_file, GOOD)
    assert [entry.name for entry in library.catalogue().entries[:2]] == ["小黄鸭", "内部维基"]


def test_the_nearest_names_follow_the_file(user_file: Path) -> None:
    library = CommandLibrary(user_file, "linux")
    assert "小黄鸭" not in library.nearest("打开小黄压", 8)
    write(user_file, GOOD)
    assert library.nearest("打开小黄压", 8)[0] == "小黄鸭"
