from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import one_in
from voice_assistant.assistant.expectations import alternatives, next_prompt
from voice_assistant.commands.library import CommandLibrary

WORDS = st.sampled_from(
    ["打开", "关闭", "微信", "计算器", "WeChat", "QQ", "İ", "ß", "，", " ", "一下"]
)
TEXTS = st.lists(WORDS | st.text(max_size=3), max_size=5).map("".join)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> CommandLibrary:
    return CommandLibrary(Path(tmp_path_factory.mktemp("user"), "commands.toml"), "linux")


@one_in(2)
@given(TEXTS, st.integers(0, 30))
@example("İ打开微信一下", 5)
def test_what_the_recogniser_may_expect_is_text(
    library: CommandLibrary, text: str, names: int
) -> None:
    prompt = next_prompt(library, text, names)
    assert prompt is None or prompt
    understanding = library.decide(text)
    others = alternatives(library, understanding, names)
    assert len(others) == len(set(others)) <= names + 1
    if others:
        first, *rest = others
        assert first == text
        # A name stands in the place of another; what is around it stays.
        known = {name for entry in library.catalogue().entries for name in entry.names}
        for other in rest:
            places = range(len(text) + 1)
            assert any(
                other.startswith(text[:start])
                and other.endswith(text[end:])
                and other[start : len(other) - (len(text) - end)] in known
                for start in places
                for end in places
                if start <= end
            )
