from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.commands.decision import (
    Chat,
    OpenSite,
    Search,
    Understanding,
    Unresolved,
)
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.matcher import Matcher
from voice_assistant.desktop.address import is_web_address

WORDS = st.sampled_from(
    [
        *("打开", "把", "去", "关闭", "搜索", "在", "上", "音量", "调到", "新建文件夹", "叫", "请"),
        *("微信", "B站", "百度", "知乎", "计算器", "酷狗音乐", "微新", "五十", "100", "百分之"),
        *("open ", "search ", " on ", "wechat", "然后", "打開", "開啟", "程式", "吧", "了吗"),
        *("，", " ", "\0", "\ud800"),
    ]
)
SENTENCES = st.lists(WORDS | st.text(max_size=4), max_size=10).map("".join)
ANY = SENTENCES | st.text(st.characters(), max_size=300)


def assert_sound(understanding: Understanding, text: str) -> None:
    """What is understood fits together, and can be put into an address."""
    assert understanding.text == text
    assert understanding.decisions
    assert understanding.is_command == (understanding.confidence > 0)
    assert understanding.remainder is None or understanding.is_command
    for decision in understanding.decisions:
        match decision:
            case Chat():
                assert decision.reason in ("no_wording", "empty", "too_long")
            case Unresolved():
                assert decision.name is None or decision.name.strip()
                assert decision.name is not None or len(decision.choices) > 1
            case _:
                assert decision.target
        if isinstance(decision, OpenSite | Search):
            assert is_web_address(decision.url)


@given(ANY)
@example("打开" * 200)
@example("搜索\ud800")
@example("在\0搜")
def test_any_text_is_decided(matcher: Matcher, builtin: CommandLibrary, text: str) -> None:
    for decide in (matcher.decide, builtin.decide):
        understanding = decide(text)
        assert_sound(understanding, text)
        assert decide(text) == understanding


@given(ANY)
def test_the_trace_ends_in_what_is_understood(matcher: Matcher, text: str) -> None:
    trace = matcher.trace(text)
    assert trace.understanding == matcher.decide(text)
    # Heads are taken off, one after the other.
    for core, following in pairwise(trace.cores):
        assert core.endswith(following)
        assert len(following) < len(core)
