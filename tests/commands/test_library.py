from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

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
    duck = library.decide("帮我打开小黄鸭")
    assert duck.commands == (("duck", "--yellow", "$HOME; rm -rf ~"),)
    assert duck.own
    assert library.decide("open rubber duck").target == "小黄鸭"
    assert library.decide("打开小黄压").target == "小黄鸭"
    assert library.decide("访问内部维基").url == "https://wiki.example.org"
    assert library.decide("打开计算器").is_command
    assert not library.decide("打开计算器").own


def test_a_site_of_the_user_s_searches_when_it_is_named_and_only_then(user_file: Path) -> None:
    write(user_file, GOOD)
    library = CommandLibrary(user_file, "linux")
    named = library.decide("在内部维基搜索报销")
    assert named.url == "https://wiki.example.org/search?q=%E6%8A%A5%E9%94%80"
    assert "wiki.example" not in (library.decide("搜索红烧肉").url or "")


@pytest.mark.parametrize("said", ["打开计算器", "open calculator", "打开计蒜器"])
def test_the_user_s_own_win_over_built_in_ones(said: str, user_file: Path) -> None:
    write(user_file, one_app("计算器", "my-calculator"))
    library = CommandLibrary(user_file, "linux")
    assert library.decide(said).commands == (("my-calculator",),)


def test_an_alias_of_the_user_s_wins_too(user_file: Path) -> None:
    write(user_file, '[[site]]\nname = "算盘"\naliases = ["计算器"]\nurl = "https://a.example"\n')
    decision = CommandLibrary(user_file, "linux").decide("打开计算器")
    assert (decision.command_type, decision.target) == ("site", "算盘")


def test_the_commands_are_those_of_the_platform(user_file: Path) -> None:
    write(
        user_file, '[[app]]\nname = "小黄鸭"\ncommand = { windows = ["d.exe"], linux = ["duck"] }\n'
    )
    for platform, argv in (("linux", (("duck",),)), ("windows", (("d.exe",),)), ("macos", ())):
        assert CommandLibrary(user_file, platform).decide("打开小黄鸭").commands == argv


def test_a_change_counts_from_the_next_sentence_on(user_file: Path) -> None:
    library = CommandLibrary(user_file, "linux")
    assert not library.decide("打开小黄鸭").is_command
    write(user_file, one_app("小黄鸭"))
    assert library.decide("打开小黄鸭").is_command
    write(user_file, one_app("小白鹅"))
    assert library.trace("打开小白鹅").decision.is_command
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


def test_the_prompt_names_the_user_s_own_first_and_follows_the_file(user_file: Path) -> None:
    library = CommandLibrary(user_file, "linux")
    assert library.prompt().startswith("打开计算器")
    write(user_file, GOOD)
    assert library.prompt().startswith("打开小黄鸭、内部维基、计算器")


def test_the_prompt_does_not_grow_with_the_user_s_file(user_file: Path) -> None:
    write(user_file, "".join(one_app(f"小鸭{number}号") for number in range(500)))
    prompt = CommandLibrary(user_file, "linux").prompt()
    assert prompt.count("小鸭") == 12
    assert "计算器" in prompt


def test_each_name_stands_in_the_prompt_once(user_file: Path) -> None:
    write(user_file, one_app("计算器") + one_app("小黄鸭") + one_app("小黄鸭", "goose"))
    prompt = CommandLibrary(user_file, "linux").prompt()
    names = prompt.removeprefix("打开").split("。")[0].split("、")
    assert names[:2] == ["计算器", "小黄鸭"]
    assert len(names) == len(set(names)) > 10


@pytest.mark.parametrize(
    ("heard", "said"),
    [("访问夺办", "豆瓣"), ("启动堂认会。", "腾讯会议"), ("打开小黄压", "小黄鸭")],
)
def test_a_second_look_expects_the_names_that_sound_like_it(
    heard: str, said: str, user_file: Path
) -> None:
    write(user_file, GOOD)
    prompt = CommandLibrary(user_file, "linux").prompt_for(heard, 8)
    assert prompt is not None
    assert any(phrase.endswith(said) for phrase in prompt.rstrip("。").split("，"))


@pytest.mark.parametrize("count", [1, 8, 12])
def test_a_second_look_expects_so_many_names_beside_the_actions(
    count: int, builtin: CommandLibrary
) -> None:
    prompt = builtin.prompt_for("打开堂认会", count)
    assert prompt is not None
    assert prompt.startswith("截图，静音，锁屏，打开")
    assert prompt.count("，") == 2 + count
    assert prompt.endswith("。")


@pytest.mark.parametrize(
    ("heard", "worth_it"),
    [
        ("", False), ("。", False), ("打", False), ("打开", True), ("豆 瓣 。", True),
        ("帮我打开一下腾讯会议好不好", True), ("帮我，打开一下 腾讯会议，好不好呀？", True),
        ("帮我打开一下腾讯会议好不好呀", True),
        ("帮我打开一下腾讯会议好不好呀呀", False), ("打开" * 300, False),
    ],
)  # fmt: skip
def test_a_second_look_is_for_what_may_be_a_command(
    heard: str, worth_it: bool, builtin: CommandLibrary
) -> None:
    assert (builtin.prompt_for(heard, 8) is not None) == worth_it


@pytest.mark.parametrize(
    ("said", "host"),
    [("google天气", "google"), ("google 天气", "google"), ("百度一下天气", "baidu")],
)
def test_a_verb_that_names_a_site_searches_there(said: str, host: str, user_file: Path) -> None:
    url = CommandLibrary(user_file, "linux").decide(said).url or ""
    assert urlsplit(url).hostname == f"www.{host}.com"


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("访问智谱，", ["访问知乎，"]),
        ("帮我打开qq好吗", ["帮我打开QQ音乐好吗"]),
        ("打开百度网盘。", ["打开百度云。"]),
    ],
)
def test_alternatives_differ_in_the_name(
    text: str, others: list[str], builtin: CommandLibrary
) -> None:
    found = builtin.alternatives(text, builtin.decide(text), 10)
    assert found[0] == text
    assert set(others) <= set(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("text", ["访问之呼", "截图", "今天天气怎么样"])
def test_without_its_name_as_it_is_there_are_no_alternatives(
    text: str, builtin: CommandLibrary
) -> None:
    assert builtin.alternatives(text, builtin.decide(text), 10) == ()
