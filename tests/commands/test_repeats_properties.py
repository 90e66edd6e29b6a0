from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.commands.normalise import normalise
from voice_assistant.commands.repeats import Mender, once

PARTS = st.text(st.sampled_from("打开微信哔哩大凯qq2 1一"), min_size=1, max_size=6)
REPEATED = st.lists(st.tuples(PARTS, st.integers(1, 4)), max_size=4).map(
    lambda parts: normalise("".join(part * count for part, count in parts))
)
TEXTS = REPEATED | st.text(max_size=60).map(normalise)
MENDER = Mender(["打开", "启动", "访问", "去", "open "])


@given(TEXTS)
@example("打开微信 打开微信")
@example("哔哩" * 30)
def test_once_is_what_was_repeated(sentence: str) -> None:
    said = once(sentence)
    assert once(said) == said
    assert re.fullmatch(f"{re.escape(said)}( ?{re.escape(said)})*", sentence)


@given(TEXTS)
def test_what_was_repeated_whole_is_said_once(part: str) -> None:
    if len(part) > 1:
        assert once(part + part) == once(part) or len(set(part)) == 1


@given(TEXTS)
@example("1" * 30)
@example("大开" * 15)
def test_mending_is_bounded_and_makes_nothing_longer(sentence: str) -> None:
    mended = list(MENDER.mend(sentence))
    assert len(mended) <= 2 + 2 * 2 * 4
    assert sentence not in mended[:2]
    for other in mended:
        assert len(other) <= len(sentence)
        assert other or not sentence
