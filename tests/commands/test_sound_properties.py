from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from pypinyin.constants import PINYIN_DICT

from voice_assistant.commands.normalise import normalise
from voice_assistant.commands.sound import (
    blurred,
    differing,
    fold,
    folded,
    is_latin,
    likeness,
    readings,
    readings_of,
    syllables,
)

CHARACTERS = st.sampled_from(sorted(PINYIN_DICT)).map(chr)
USUAL = st.sampled_from("打开微信哔哩哔哩音乐快乐长城重庆银行行走计算器儿")
TEXTS = st.text(USUAL | CHARACTERS | st.sampled_from("abz09 +#."), max_size=12).map(normalise)
SYLLABLES = CHARACTERS.map(lambda character: readings_of(character)[0]) | st.sampled_from(
    ["", "n", "ng", "hm", "m", "e", "er", "zh", "r", "QQ", "4399", "+"]
)


@given(st.text(st.characters(), max_size=20) | TEXTS)
def test_every_text_has_a_sound(text: str) -> None:
    sounds = syllables(text)
    assert all(isinstance(each, str) and each for each in sounds)
    runs = sum(len(each) if is_latin(each) else 1 for each in sounds)
    assert runs == len(text) or not text.isascii()
    assert bool(sounds) == bool(text)


@given(st.text(USUAL | CHARACTERS, max_size=12))
@example("长城" * 6)
def test_chinese_has_one_syllable_a_character(text: str) -> None:
    sounds = syllables(text)
    assert len(sounds) == len(text)
    for character, sound in zip(text, sounds, strict=True):
        assert not is_latin(sound)
        assert readings_of(character)
        assert sound == sound.strip()


@given(TEXTS)
def test_readings_differ_from_the_usual_one_in_one_character(text: str) -> None:
    usual = syllables(text)
    first, *others = readings(text, usual)
    assert first == usual
    assert len({usual, *others}) == 1 + len(others)
    for other in others:
        assert sum(one != another for one, another in zip(usual, other, strict=True)) == 1


@given(SYLLABLES)
def test_folding_twice_changes_no_more(syllable: str) -> None:
    short = fold(syllable)
    assert fold(short) == short
    assert blurred(short) == blurred(syllable)


@given(SYLLABLES, SYLLABLES)
def test_likeness_is_a_distance_and_knows_the_same(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert (likeness(one, other) == 0) == (one == other)
    if not is_latin(one) and not is_latin(other):
        # The wider a sound is taken, the nearer are two.
        assert (fold(one) == fold(other)) <= (likeness(one, other) <= 0.15)
        assert (blurred(one) == blurred(other)) <= (likeness(one, other) <= 0.3)


@given(st.lists(st.tuples(SYLLABLES, SYLLABLES), max_size=8))
def test_differences_are_counted_alike_from_both_sides(pairs: list[tuple[str, str]]) -> None:
    one = folded(tuple(left for left, _ in pairs))
    other = folded(tuple(right for _, right in pairs))
    different, unlike = differing(one, other)
    assert (different, unlike) == differing(other, one)
    assert 0 <= unlike <= different <= len(pairs)
    assert (different == 0) == (one == other)
