from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.assistant.expectations import alternatives, first_prompt, next_prompt
from voice_assistant.commands.library import CommandLibrary

OWN = """
[[app]]
name = "小黄鸭"
command = ["duck"]

[[site]]
name = "内部维基"
url = "https://wiki.example.org"
"""


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    return tmp_path / "commands.toml"


@pytest.fixture(scope="module")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> CommandLibrary:
    return CommandLibrary(tmp_path_factory.mktemp("no-user") / "commands.toml", "linux")


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def one_app(name: str, command: str = "duck") -> str:
    return f'[[app]]\nname = "{name}"\ncommand = ["{command}"]\n'


def test_the_prompt_names_the_user_s_own_first_and_follows_the_file(user_file: Path) -> None:
    library = CommandLibrary(user_file, "linux")
    assert first_prompt(library).startswith("打开计算器")
    write(user_file, OWN)
    assert first_prompt(library).startswith("打开小黄鸭、内部维基、计算器")


def test_the_prompt_does_not_grow_with_the_user_s_file(user_file: Path) -> None:
    write(user_file, "".join(one_app(f"小鸭{number}号") for number in range(500)))
    prompt = first_prompt(CommandLibrary(user_file, "linux"))
    assert prompt.count("小鸭") == 12
    assert "计算器" in prompt


def test_each_name_stands_in_the_prompt_once(user_file: Path) -> None:
    write(user_file, one_app("计算器") + one_app("小黄鸭") + one_app("小黄鸭", "goose"))
    prompt = first_prompt(CommandLibrary(user_file, "linux"))
    names = prompt.removeprefix("打开").split("。")[0].split("、")
    assert names[:2] == ["计算器", "小黄鸭"]
    assert len(names) == len(set(names)) > 10


@pytest.mark.parametrize(
    ("recognised", "said"),
    [("访问夺办", "豆瓣"), ("启动堂认会。", "腾讯会议"), ("打开小黄压", "小黄鸭")],
)
def test_another_pass_expects_the_names_that_sound_like_it(
    recognised: str, said: str, user_file: Path
) -> None:
    write(user_file, OWN)
    prompt = next_prompt(CommandLibrary(user_file, "linux"), recognised, 8)
    assert prompt is not None
    assert any(phrase.endswith(said) for phrase in prompt.rstrip("。").split("，"))


@pytest.mark.parametrize("count", [1, 8, 12])
def test_another_pass_expects_so_many_names_beside_the_actions(
    count: int, builtin: CommandLibrary
) -> None:
    prompt = next_prompt(builtin, "打开堂认会", count)
    assert prompt is not None
    assert prompt.startswith("截图，静音，锁屏，打开")
    assert prompt.count("，") == 2 + count
    assert prompt.endswith("。")


@pytest.mark.parametrize(
    ("recognised", "worth_it"),
    [
        ("", False), ("。", False), ("打", False), ("打开", True), ("豆 瓣 。", True),
        ("帮我打开一下腾讯会议好不好", True), ("帮我，打开一下 腾讯会议，好不好呀？", True),
        ("帮我打开一下腾讯会议好不好呀", True),
        ("帮我打开一下腾讯会议好不好呀呀", False), ("打开" * 300, False),
    ],
)  # fmt: skip
def test_another_pass_is_for_what_may_be_a_command(
    recognised: str, worth_it: bool, builtin: CommandLibrary
) -> None:
    assert (next_prompt(builtin, recognised, 8) is not None) == worth_it


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
    found = alternatives(builtin, builtin.decide(text), 10)
    assert found[0] == text
    assert set(others) <= set(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("text", ["访问之呼", "截图", "今天天气怎么样"])
def test_without_its_name_as_it_is_there_are_no_alternatives(
    text: str, builtin: CommandLibrary
) -> None:
    assert alternatives(builtin, builtin.decide(text), 10) == ()
