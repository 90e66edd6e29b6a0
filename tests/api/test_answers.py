from __future__ import annotations

import pytest

from voice_assistant.api.answers import process_answer, transcribe_answer
from voice_assistant.api.schemas import (
    Confirmation,
    ProcessResponse,
    SuggestedCommand,
    Suggestion,
    TranscribeAndExecuteResponse,
    TranscribeResponse,
)
from voice_assistant.assistant.acting import Asked, Done, Happened
from voice_assistant.assistant.hearing import Recognised
from voice_assistant.commands.decision import (
    Chat,
    CloseApp,
    Command,
    Decision,
    OpenApp,
    OpenSite,
    Search,
    SystemAction,
    Understanding,
    Unresolved,
)
from voice_assistant.desktop.base import Outcome
from voice_assistant.messages import Locale
from voice_assistant.speech.transcript import Transcript

CLOSE = CloseApp("exact", "微信", ("微信", "WeChat"), (("wechat",),))
APP = OpenApp("exact", "淘宝", ("淘宝",))
SITE = OpenSite("exact", "知乎", ("知乎",), "https://www.zhihu.com")
SEARCH = Search("pinyin", "新闻", "https://baidu.example/s?wd=news")
NEW_FOLDER = SystemAction("exact", "新建文件夹")


def answer(
    decision: Decision,
    *happened: Happened,
    locale: Locale = "en",
    remainder: str | None = None,
) -> ProcessResponse:
    return process_answer(Understanding("什么", (decision,), remainder), happened, locale)


@pytest.mark.parametrize(
    ("decision", "command_type", "target"),
    [
        (APP, "app", "淘宝"),
        (SITE, "site", "知乎"),
        (SEARCH, "search", "新闻"),
        (NEW_FOLDER, "system", "新建文件夹"),
        (CLOSE, "system", "关闭"),
        (Chat("no_wording"), None, None),
        (Unresolved("窗户", ()), None, None),
    ],
)
def test_what_was_understood_is_answered(
    decision: Decision, command_type: str | None, target: str | None
) -> None:
    found = answer(decision)
    assert found.transcribed_text == "什么"
    assert found.is_command is (command_type is not None)
    assert (found.command_type, found.command_target) == (command_type, target)
    assert (found.command_executed, found.command_result) == (False, None)


@pytest.mark.parametrize(
    ("command", "outcome", "sentence"),
    [
        (APP, Outcome("started"), "Opened 淘宝."),
        (APP, Outcome("opened"), "Opened 淘宝 in the browser."),
        (SITE, Outcome("started"), "Opened 知乎."),
        (SITE, Outcome("opened"), "Opened 知乎 in the browser."),
        (SEARCH, Outcome("opened"), 'Searching for "新闻" in the browser.'),
        (SystemAction("exact", "音量", "50"), Outcome("done"), "Done: volume 50%."),
        (SystemAction("exact", "静音"), Outcome("done"), "Done: mute."),
        (SystemAction("exact", "静音", "off"), Outcome("done"), "Done: unmute."),
        (CLOSE, Outcome("done"), "Done: close 微信."),
    ],
)
def test_what_was_done_is_said(command: Command, outcome: Outcome, sentence: str) -> None:
    found = answer(command, Done(command, outcome))
    assert (found.command_executed, found.command_result) == (True, sentence)


@pytest.mark.parametrize(
    ("outcome", "locale", "sentence"),
    [
        (Outcome("done"), "zh", "已执行：关闭微信。"),
        (Outcome("done"), "en", "Done: close 微信."),
        (Outcome("not_running", "wechat"), "zh", "没法关闭微信：它没有在运行。"),
        (Outcome("not_running", "wechat"), "en", "Cannot close 微信: it is not running."),
        (Outcome("unsupported", "x"), "zh", "这台电脑上没有办法执行关闭微信：x"),
        (Outcome("dry_run", "close wechat"), "en", "Dry run, nothing was done: close 微信."),
    ],
)
def test_what_is_said_of_it(*, outcome: Outcome, locale: Locale, sentence: str) -> None:
    found = answer(CLOSE, Done(CLOSE, outcome), locale=locale)
    assert (found.command_executed, found.command_result) == (outcome.ok, sentence)


@pytest.mark.parametrize(
    ("locale", "prompt"), [("zh", "确定要关闭微信吗？"), ("en", "Really close 微信?")]
)
def test_a_person_is_asked(locale: Locale, prompt: str) -> None:
    found = answer(CLOSE, Asked(CLOSE, "abc", 60), locale=locale)
    assert found.confirmation == Confirmation(id="abc", prompt=prompt, expires_s=60)
    assert (found.command_executed, found.command_result) == (False, prompt)


def test_an_app_called_off_is_closed() -> None:
    off = CloseApp("exact", "off", ("off",), (("off",),))
    assert answer(off, Done(off, Outcome("done"))).command_result == "Done: close off."


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("zh", "已执行：新建文件夹。/桌面/新建文件夹"), ("en", "Done: new folder. /桌面/新建文件夹")],
)
def test_a_new_folder(locale: Locale, sentence: str) -> None:
    done = Done(NEW_FOLDER, Outcome("done", "/桌面/新建文件夹"))
    assert answer(NEW_FOLDER, done, locale=locale).command_result == sentence


def test_what_is_left_is_said_after_what_was_done_and_only_then() -> None:
    done = answer(APP, Done(APP, Outcome("started")), remainder="买鞋")
    assert done.command_result is not None
    assert done.command_result.startswith("Opened 淘宝.")
    assert "买鞋" in done.command_result
    failed = answer(APP, Done(APP, Outcome("not_found", "淘宝")), remainder="买鞋")
    assert "买鞋" not in (failed.command_result or "买鞋")


def test_the_answer_s_own_fields_are_those_of_the_first_command() -> None:
    both = Understanding("打开淘宝，然后关闭微信", (APP, CLOSE))
    happened: list[Happened] = [Done(APP, Outcome("started")), Asked(CLOSE, "abc", 60)]
    found = process_answer(both, happened, "en")
    assert (found.command_type, found.command_target) == ("app", "淘宝")
    assert (found.command_executed, found.command_result) == (True, "Opened 淘宝.")


def test_an_unknown_name_may_be_searched_for() -> None:
    assert answer(Unresolved("窗户", ("窗口",))).suggestion == Suggestion(
        message='"窗户" was not found. Did you mean:',
        choices=[
            SuggestedCommand(label="窗口", text="打开窗口"),
            SuggestedCommand(label='Search for "窗户"', text="搜索窗户"),
        ],
    )


def test_of_two_of_one_name_either_may_be_chosen() -> None:
    suggestion = answer(Unresolved(None, ("终端", "中断"))).suggestion
    assert suggestion is not None
    assert [choice.text for choice in suggestion.choices] == ["打开终端", "打开中断"]


@pytest.mark.parametrize(
    ("happened", "response"),
    [
        (None, TranscribeResponse),
        ([], TranscribeAndExecuteResponse),
        ([Done(APP, Outcome("started"))], TranscribeAndExecuteResponse),
    ],
)
def test_what_happened_to_a_recording_is_told_where_it_was_asked_for(
    happened: list[Happened] | None, response: type[TranscribeResponse]
) -> None:
    transcript = Transcript("打开淘宝", "zh", 2.0, (), {})
    recognised = Recognised(transcript, Understanding("打开淘宝", (APP,)), 0, 0)
    found = transcribe_answer(recognised, happened, {"total": 5.0}, "en")
    assert type(found) is response
    assert (found.transcribed_text, found.language, found.duration_s) == ("打开淘宝", "zh", 2.0)
    assert (found.command_type, found.confidence) == ("app", 1.0)
    assert found.timings_ms == {"total": 5.0}
    if isinstance(found, TranscribeAndExecuteResponse):
        assert found.command_result == ("Opened 淘宝." if happened else None)
