from __future__ import annotations

from typing import Any

import opencc
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import one_in
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.wordings.sampler import Sample, samples

TRADITIONAL = opencc.OpenCC("s2t")
NUMERALS = "零一二三四五六七八九"


def names(library: CommandLibrary, kind: str) -> list[str]:
    """The names of the built-in entries, but for those with a search verb in them."""
    found = [entry for entry in library.catalogue().entries if entry.kind == kind]
    return [entry.name for entry in found if "搜" not in entry.name]


def searchable(library: CommandLibrary) -> list[str]:
    entries = library.catalogue().entries
    return [entry.name for entry in entries if entry.search and "搜" not in entry.name]


def chinese(found: list[str]) -> list[str]:
    """Those that end in Chinese: the sampler puts no space after others."""
    return [name for name in found if not name[-1].isascii()]


def lost(
    grammar_data: dict[str, Any], library: CommandLibrary, app: str, site: str
) -> list[Sample]:
    def is_understood(sample: Sample) -> bool:
        understanding = library.decide(sample.text)
        if sample.command_type is not None:
            return understanding.command_type == sample.command_type
        return understanding.target in (app, site)

    return [each for each in samples(grammar_data, app, site) if not is_understood(each)]


@one_in(10)
@given(st.data())
def test_every_wording_takes_every_name(
    grammar_data: dict[str, Any], builtin: CommandLibrary, data: st.DataObject
) -> None:
    app = data.draw(st.sampled_from(chinese(names(builtin, "app"))))
    site = data.draw(st.sampled_from(chinese(searchable(builtin))))
    assert lost(grammar_data, builtin, app, site) == []


def test_names_that_go_on_from_a_word_of_the_grammar(
    grammar_data: dict[str, Any], builtin: CommandLibrary
) -> None:
    for app, site in (
        ("下载文件夹", "起点中文网"),
        ("我的世界", "知乎"),
        ("米哈游启动器", "知乎"),
    ):
        assert lost(grammar_data, builtin, app, site) == [], (app, site)


MARKS = st.sampled_from(["", "。", "！", "？", "，", "…", " ", "\n", "?!", "～"])
HEADS = st.sampled_from(["", "请", "帮我", "麻烦你", "小爱同学，", "嗯，", "现在", "please "])
TAILS = st.sampled_from(["", "吧", "一下", "，谢谢", "好吗", "，OK吗", "可以吗", " please"])
VERBS = st.sampled_from(["打开", "启动", "打开一下", "打开下", "运行", "open "])


@given(st.data(), VERBS, HEADS, TAILS, MARKS, MARKS)
def test_what_means_nothing_changes_nothing(
    builtin: CommandLibrary,
    data: st.DataObject,
    verb: str,
    head: str,
    tail: str,
    before: str,
    after: str,
) -> None:
    name = data.draw(st.sampled_from([*names(builtin, "app"), *names(builtin, "site")]))
    plain = builtin.decide(verb + name)
    assert plain.target == name
    sentence = f"{before}{head}{verb}{name}{tail}{after}"
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in sentence)
    for said in (sentence, sentence.upper(), wide, TRADITIONAL.convert(sentence)):
        understanding = builtin.decide(said)
        assert understanding.decisions == plain.decisions, said
        assert understanding.remainder is None


def in_hanzi(number: int) -> str:
    """A number to 100 as it is said."""
    tens, ones = divmod(number, 10)
    if number == 100:
        return "一百"
    if not tens:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


@given(st.integers(0, 100), st.sampled_from(["音量调到", "把音量调到", "声音调到", "音量设为"]))
@example(0, "音量调到")
@example(10, "音量调到")
@example(100, "音量调到")
def test_the_volume_is_the_number_that_was_said(
    builtin: CommandLibrary, number: int, wording: str
) -> None:
    for said in (str(number), in_hanzi(number), f"百分之{in_hanzi(number)}", f"{number}%"):
        command = builtin.decide(wording + said).command
        assert command is not None, wording + said
        assert (command.target, getattr(command, "value", None)) == ("音量", str(number))


@given(st.text(st.sampled_from(NUMERALS + "十百两〇0123456789％%点 ¹٣"), max_size=6))
def test_a_volume_is_between_0_and_100_or_none(builtin: CommandLibrary, number: str) -> None:
    command = builtin.decide(f"音量调到{number}").command
    if command is not None and command.target == "音量":
        assert 0 <= int(getattr(command, "value", "")) <= 100
