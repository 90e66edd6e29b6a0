from __future__ import annotations

import logging

import pytest

from voice_assistant.api.answers import process_answer
from voice_assistant.api.utterance_log import log_utterance
from voice_assistant.assistant.acting import Done, Happened
from voice_assistant.commands.decision import (
    Chat,
    CloseApp,
    Decision,
    OpenApp,
    OpenSite,
    Search,
    SystemAction,
    Understanding,
    Unresolved,
)
from voice_assistant.desktop.base import Outcome

APP = OpenApp("exact", "淘宝", ("淘宝",))


def logged(
    caplog: pytest.LogCaptureFixture, text: str, *decisions: Decision, done: bool = False
) -> str:
    understanding = Understanding(text, decisions)
    happened: list[Happened] = [Done(APP, Outcome("started"))] if done else []
    answer = process_answer(understanding, happened, "en")
    with caplog.at_level(logging.INFO, "voice_assistant.utterance"):
        log_utterance(answer, understanding, {"decide": 0.1, "launch": 12.0})
    [record] = caplog.records
    return record.getMessage()


@pytest.mark.parametrize(
    ("decision", "what"),
    [
        (APP, "app 淘宝 (exact)"),
        (OpenSite("pinyin", "知乎", ("知乎",), "https://www.zhihu.com"), "site 知乎 (pinyin)"),
        (Search("exact", "新闻", "https://baidu.example/s?wd=news"), "search 新闻 (exact)"),
        (SystemAction("exact", "音量", "50"), "system 音量 (exact)"),
        (CloseApp("exact", "微信", ("微信",)), "system 关闭 (exact)"),
        (Chat("no_wording"), "chat (no_wording)"),
        (Unresolved("窗户", ()), "unresolved (unknown_name)"),
        (Unresolved(None, ("终端", "中断")), "unresolved (ambiguous_name)"),
    ],
)
def test_a_line_says_what_was_understood_and_why(
    decision: Decision, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert logged(caplog, "什么", decision) == f"'什么' -> {what} [ms: decide=0.1 launch=12]"


def test_a_line_says_what_was_done(caplog: pytest.LogCaptureFixture) -> None:
    line = logged(caplog, "打开淘宝", APP, done=True)
    assert line == "'打开淘宝' -> app 淘宝 (exact), Opened 淘宝. [ms: decide=0.1 launch=12]"


def test_a_line_is_no_longer_than_a_few_sentences(caplog: pytest.LogCaptureFixture) -> None:
    line = logged(caplog, "好" * 5_000, Chat("too_long"))
    assert line.startswith("'" + "好" * 200 + "' -> chat")


def test_several_decisions_are_all_logged(caplog: pytest.LogCaptureFixture) -> None:
    line = logged(caplog, "打开淘宝，锁屏", APP, SystemAction("exact", "锁屏"))
    assert "app 淘宝 (exact), system 锁屏 (exact) [ms" in line
