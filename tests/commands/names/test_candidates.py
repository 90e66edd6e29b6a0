from __future__ import annotations

import pytest

from voice_assistant.commands.names.candidates import Candidates
from voice_assistant.commands.wordings.grammar import Grammar


@pytest.fixture(scope="module")
def candidates() -> Candidates:
    names = ["微信", "WeChat", "豆瓣", "腾讯会议", "音乐", "网易云音乐", "访问控制台", "图", "微心"]
    return Candidates(names, ["打开", "启动", "访问", "开", "open "])


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("微信", "微信"),
        ("打开薇星", "微信"),
        ("访问夺办", "豆瓣"),
        ("启动堂认会", "腾讯会议"),
        ("帮我打开一下藤讯会一吧", "腾讯会议"),
        ("打开网易云音月", "网易云音乐"),
    ],
)
def test_the_name_that_sounds_most_like_it_comes_first(
    heard: str, said: str, candidates: Candidates
) -> None:
    assert candidates.nearest(heard, 3)[0] == said


@pytest.mark.parametrize(
    ("heard", "said", "count"), [("访问夺办", "豆瓣", 8), ("启动堂认会", "腾讯会议", 8)]
)
def test_a_built_in_name_is_near_the_front(
    heard: str, said: str, count: int, grammar: Grammar, built_in_names: list[str]
) -> None:
    nearest = Candidates(built_in_names, grammar.opening.verbs).nearest(heard, count)
    assert said in nearest
    assert len(nearest) == count


def test_a_longer_name_is_less_likely_a_coincidence(candidates: Candidates) -> None:
    assert candidates.nearest("网易云音乐", 2) == ["网易云音乐", "音乐"]


def test_each_syllable_that_was_said_counts_once() -> None:
    assert Candidates(["多多多", "多拼多"], []).nearest("多拼", 1) == ["多拼多"]


def test_the_verb_does_not_count(candidates: Candidates) -> None:
    assert candidates.nearest("访问音乐", 1) == ["音乐"]
    assert candidates.nearest("请访问音乐", 9) == candidates.nearest("音乐", 9)
    assert candidates.nearest("放文音乐", 9) == candidates.nearest("音乐", 9)
    assert candidates.nearest("访问", 1) == ["访问控制台"]


def test_no_more_names_than_wanted_and_each_sound_once(candidates: Candidates) -> None:
    assert len(candidates.nearest("打开薇星", 2)) == 2
    everything = candidates.nearest("打开薇星", 99)
    assert sorted(everything) == ["微信", "网易云音乐", "腾讯会议", "访问控制台", "豆瓣", "音乐"]


@pytest.mark.parametrize("nothing", ["", "。", " "])
def test_nothing_is_near_to_nothing(nothing: str, candidates: Candidates) -> None:
    assert candidates.nearest(nothing, 3) == []


def test_there_may_be_no_names() -> None:
    assert Candidates([], ["打开"]).nearest("打开微信", 3) == []
