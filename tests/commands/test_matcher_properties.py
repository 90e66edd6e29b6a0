from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.commands.decision import Decision
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.matcher import Matcher

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


def assert_consistent(decision: Decision) -> None:
    """What a decision says fits together."""
    assert decision.kind in ("command", "chat", "unresolved")
    assert 0 <= decision.confidence <= 1
    assert (decision.confidence > 0) == decision.is_command
    assert (decision.command_type is not None) == decision.is_command
    assert decision.is_command <= (decision.target is not None)
    if decision.url is not None:
        assert decision.url.startswith(("http://", "https://"))
        decision.url.encode()


@given(ANY)
@example("打开" * 200)
@example("搜索\ud800")
@example("在\0搜")
def test_any_text_is_decided(matcher: Matcher, builtin: CommandLibrary, text: str) -> None:
    for decide in (matcher.decide, builtin.decide):
        assert_consistent(decide(text))
        assert decide(text) == decide(text)


@given(ANY)
def test_the_trace_ends_in_the_decision(matcher: Matcher, text: str) -> None:
    trace = matcher.trace(text)
    assert trace.decision == matcher.decide(text)
    # Heads are taken off, one after the other.
    for core, next_core in zip(trace.cores, trace.cores[1:], strict=False):
        assert core.endswith(next_core)
        assert len(next_core) < len(core)


@given(ANY, st.sampled_from([1, 5, 30]))
def test_what_the_recogniser_is_told_is_text(
    builtin: CommandLibrary, text: str, names: int
) -> None:
    prompt = builtin.prompt_for(text, names)
    assert prompt is None or prompt
    others = builtin.alternatives(text, builtin.decide(text), names)
    assert len(others) == len(set(others)) <= names + 1
    assert not others or others[0] == text
