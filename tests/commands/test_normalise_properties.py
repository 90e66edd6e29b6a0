from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.commands.normalise import as_said, is_traditional, key, normalise, reworded

CHINESE = st.text(st.sampled_from("打开微信设置天气一二三请吧的"), max_size=8)
TRADITIONAL = st.text(st.sampled_from("打開設定檔案總管螢幕程式軟體資訊後乾著"), max_size=8)
LATIN = st.text(st.sampled_from("abcXYZ019 .+#-"), max_size=8)
MARKS = st.text(st.sampled_from("，。！？、；：“”《》（）,!?;:\"'()[]…~ 　\t\n\0"), max_size=4)
SPOKEN = st.lists(CHINESE | TRADITIONAL | LATIN | MARKS, max_size=6).map("".join)
TEXTS = SPOKEN | st.text(max_size=40)
LINES = TEXTS | st.text(st.characters(), max_size=40)


@given(LINES)
@example("\ud800打开\udfff微信\0")
def test_one_spelling_is_one_spelling(text: str) -> None:
    folded = normalise(text)
    assert normalise(folded) == folded
    assert folded == folded.strip()
    assert "  " not in folded


@given(LINES)
def test_mainland_words_stay_mainland_words(text: str) -> None:
    folded = reworded(text)
    assert reworded(folded) == folded
    if not is_traditional(text):
        assert folded == normalise(text)


@given(TEXTS, MARKS, MARKS)
def test_marks_around_a_text_mean_nothing(text: str, before: str, after: str) -> None:
    assert normalise(f"{before} {text} {after}") == normalise(text)


@given(SPOKEN)
def test_width_and_case_mean_nothing(text: str) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)
    assert normalise(wide.replace(" ", "　")) == normalise(text)
    assert normalise(text.upper()) == normalise(text)


@given(LINES)
def test_a_key_has_no_space_and_is_its_own_key(name: str) -> None:
    assert " " not in key(name)
    assert key(key(name)) == key(name)
    assert key(normalise(name)) == key(name)


@given(SPOKEN, st.integers(0, 40))
@example("搜索《三体》谢谢", 2)
def test_what_was_said_is_found_in_it(text: str, at: int) -> None:
    for fold in (normalise, reworded):
        folded = fold(text)
        part = fold(folded[at % (len(folded) or 1) :])
        said = as_said(part, text, fold)
        assert fold(said) == part
        assert said == said.strip()


@given(LINES, LINES)
def test_what_was_not_said_is_left_as_it_is(part: str, text: str) -> None:
    said = as_said(part, text)
    assert said == part or normalise(said) == part
