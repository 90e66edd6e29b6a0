from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.speech.languages import LANGUAGES
from voice_assistant.speech.worker.text import clean, fold

WRITTEN = st.text(st.sampled_from("打开打開後后乾干 ,.?!;:，。？！1aA\n"), max_size=30)
TEXTS = WRITTEN | st.text(max_size=30)
SCRIPTS = st.sampled_from(["simplified", "traditional"])


@given(TEXTS, SCRIPTS)
@example("打开\0微信", "simplified")
def test_cleaning_twice_changes_no_more(text: str, script: str) -> None:
    once = clean(text, "zh", script)
    assert clean(once, "zh", script) == once
    assert once == once.strip()


@given(TEXTS, st.sampled_from(sorted(LANGUAGES - {"zh"})), SCRIPTS)
def test_other_languages_are_only_stripped(text: str, language: str, script: str) -> None:
    assert clean(text, language, script) == text.strip()


@given(WRITTEN, SCRIPTS)
def test_cleaning_keeps_what_was_said(text: str, script: str) -> None:
    said = fold(clean(text, "zh", "simplified"))
    assert fold(clean(clean(text, "zh", script), "zh", "simplified")) == said
    assert len(said) == len(fold(text))


@given(TEXTS)
def test_folding_leaves_letters_and_digits(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert all(character.isalnum() or not character.isascii() for character in folded)
