from __future__ import annotations

import asyncio

import pytest

from tests.support.app import RememberingDesktop
from voice_assistant.assistant.acting import Asked, Done, Happened, act
from voice_assistant.assistant.confirmations import Confirmations
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
from voice_assistant.desktop.base import Outcome, OutcomeCode

WECHAT = OpenApp("exact", "微信", ("微信", "WeChat"), (("wechat",),))
ZHIHU = OpenSite("exact", "知乎", ("知乎",), "https://www.zhihu.com")
NEWS = Search("exact", "新闻", "https://baidu.example/s?wd=news")
LOCK = SystemAction("exact", "锁屏")
SHUT_DOWN = SystemAction("exact", "关机", needs_confirmation=True)
CLOSE = CloseApp("exact", "微信", ("微信", "WeChat"), (("wechat",),))


@pytest.fixture
def desktop() -> RememberingDesktop:
    return RememberingDesktop()


@pytest.fixture
def confirmations() -> Confirmations:
    return Confirmations(60)


def run(
    desktop: RememberingDesktop,
    confirmations: Confirmations,
    *decisions: Decision,
    confirmed: bool = False,
) -> list[Happened]:
    asked = Understanding("打开微信，然后关机", decisions)
    return asyncio.run(act(asked, desktop, confirmations, confirmed=confirmed))


@pytest.mark.parametrize(
    ("command", "launched"),
    [
        (WECHAT, ("app", "微信")),
        (ZHIHU, ("url", "https://www.zhihu.com")),
        (NEWS, ("url", "https://baidu.example/s?wd=news")),
        (LOCK, ("system", "锁屏", "")),
        (SystemAction("exact", "音量", "+10"), ("system", "音量", "+10")),
    ],
)
def test_what_is_asked_for_is_done(
    command: OpenApp | OpenSite | Search | SystemAction,
    launched: tuple[str, ...],
    desktop: RememberingDesktop,
    confirmations: Confirmations,
) -> None:
    assert run(desktop, confirmations, command) == [Done(command, Outcome("started"))]
    assert desktop.launched == [launched]


@pytest.mark.parametrize(
    "decision", [Chat("no_wording"), Unresolved("窗户", ()), Unresolved(None, ("终端", "中断"))]
)
def test_chat_and_unknown_names_launch_nothing(
    decision: Chat | Unresolved, desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    assert run(desktop, confirmations, decision) == []
    assert desktop.launched == []


@pytest.mark.parametrize("command", [SHUT_DOWN, CLOSE])
def test_what_cannot_be_undone_waits_for_a_person(
    command: SystemAction | CloseApp, desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    [asked] = run(desktop, confirmations, command)
    assert isinstance(asked, Asked)
    assert (asked.command, asked.expires_s) == (command, 60)
    assert desktop.launched == []
    assert confirmations.take(asked.id).decisions == (command,)


def test_a_confirmed_app_is_closed_as_it_would_be_started(
    desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    desktop.outcome = Outcome("done")
    [done] = run(desktop, confirmations, CLOSE, confirmed=True)
    assert done == Done(CLOSE, Outcome("done"))
    assert desktop.launched == [("close", "wechat", "微信", "WeChat")]


# --- Several, one after the other ---


def test_several_are_done_in_order(
    desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    happened = run(desktop, confirmations, WECHAT, LOCK)
    assert happened == [Done(WECHAT, Outcome("started")), Done(LOCK, Outcome("started"))]
    assert desktop.launched == [("app", "微信"), ("system", "锁屏", "")]


def test_the_walk_stops_at_a_confirmation_which_keeps_all_that_comes_after(
    desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    done, asked = run(desktop, confirmations, WECHAT, SHUT_DOWN, LOCK)
    assert done == Done(WECHAT, Outcome("started"))
    assert isinstance(asked, Asked)
    assert desktop.launched == [("app", "微信")]
    waiting = confirmations.take(asked.id)
    assert waiting == Understanding("打开微信，然后关机", (SHUT_DOWN, LOCK))


def test_a_yes_is_for_the_first_command_alone(
    desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    done, asked = run(desktop, confirmations, SHUT_DOWN, CLOSE, confirmed=True)
    assert done == Done(SHUT_DOWN, Outcome("started"))
    assert isinstance(asked, Asked)
    assert asked.command == CLOSE
    assert desktop.launched == [("system", "关机", "")]


# --- An app or the site of its name ---


def test_an_app_that_is_not_installed_opens_as_the_site_of_its_name(
    desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    app = OpenApp("exact", "淘宝", ("淘宝",), fallback_url="https://www.taobao.com")
    run(desktop, confirmations, app)
    assert desktop.launched == [("url", "https://www.taobao.com")]


def test_an_app_that_is_not_installed_and_has_no_site_is_not_found(
    desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    app = OpenApp("exact", "淘宝", ("淘宝",))
    assert run(desktop, confirmations, app) == [Done(app, Outcome("not_found", "淘宝"))]
    assert desktop.launched == []


@pytest.mark.parametrize("code", ["exited", "no_display", "failed"])
def test_an_app_that_fails_is_not_opened_as_a_site(
    code: OutcomeCode, desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    desktop.outcome = Outcome(code)
    app = OpenApp("exact", "淘宝", ("淘宝",), (("taobao",),), fallback_url="https://www.taobao.com")
    assert run(desktop, confirmations, app) == [Done(app, Outcome(code))]
    assert desktop.launched == [("app", "淘宝")]


@pytest.mark.parametrize(
    ("app_first", "installed", "launched"),
    [
        (True, True, ("app", "知乎")),
        (True, False, ("url", "https://www.zhihu.com")),
        (False, True, ("url", "https://www.zhihu.com")),
    ],
)
def test_an_installed_app_goes_before_the_site_if_it_may(
    *,
    app_first: bool,
    installed: bool,
    launched: tuple[str, ...],
    desktop: RememberingDesktop,
    confirmations: Confirmations,
) -> None:
    if installed:
        desktop.installed.add("知乎")
    site = OpenSite("exact", "知乎", ("知乎",), "https://www.zhihu.com", app_first=app_first)
    run(desktop, confirmations, site)
    assert desktop.launched == [launched]


def test_where_no_screen_is_for_the_app_its_site_is_tried(
    desktop: RememberingDesktop, confirmations: Confirmations
) -> None:
    desktop.installed.add("知乎")
    desktop.outcome = Outcome("no_display")
    site = OpenSite("exact", "知乎", ("知乎",), "https://www.zhihu.com", app_first=True)
    run(desktop, confirmations, site)
    assert desktop.launched == [("app", "知乎"), ("url", "https://www.zhihu.com")]


@pytest.mark.parametrize("own", [True, False])
def test_only_a_command_of_the_user_s_may_do_without_a_screen(
    *, own: bool, confirmations: Confirmations
) -> None:
    desktop = RememberingDesktop()
    app = OpenApp("exact", "小黄鸭", ("小黄鸭",), (("duck",),), own=own)
    run(desktop, confirmations, app)
    assert desktop.needed_screen == [not own]
