from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from tests.support.app import RememberingDesktop
from voice_assistant.api.answers import carry_out, execute
from voice_assistant.assistant.confirmations import Confirmations
from voice_assistant.assistant.services import Services
from voice_assistant.commands.decision import Decision
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.messages import Locale

CLOSE = Decision(
    "command",
    "exact",
    command_type="system",
    target="关闭",
    value="微信",
    commands=(("wechat",),),
    names=("微信", "WeChat"),
)
NEW_FOLDER = Decision("command", "exact", command_type="system", target="新建文件夹")


class Desktop(RememberingDesktop):
    """Remembers what it was to close, too."""

    def close_app(self, commands: tuple[Argv, ...], names: tuple[str, ...]) -> Outcome:
        self.launched.append(("close", *commands[0], *names))
        return self.outcome


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def services(desktop: Desktop) -> Services:
    both = SimpleNamespace(desktop=desktop, confirmations=Confirmations(60))
    return cast("Services", both)


def test_an_app_is_closed_as_it_would_be_started(services: Services, desktop: Desktop) -> None:
    desktop.outcome = Outcome("done")
    executed = asyncio.run(carry_out(CLOSE, services, "zh"))
    assert executed.command_executed
    assert desktop.launched == [("close", "wechat", "微信", "WeChat")]


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
def test_what_is_said_of_it(
    *, outcome: Outcome, locale: Locale, sentence: str, services: Services, desktop: Desktop
) -> None:
    desktop.outcome = outcome
    assert asyncio.run(carry_out(CLOSE, services, locale)).command_result == sentence


@pytest.mark.parametrize(
    ("locale", "prompt"), [("zh", "确定要关闭微信吗？"), ("en", "Really close 微信?")]
)
def test_it_may_ask_first(
    locale: Locale, prompt: str, services: Services, desktop: Desktop
) -> None:
    decision = Decision(
        "command",
        "exact",
        command_type="system",
        target="关闭",
        value="微信",
        needs_confirmation=True,
    )
    executed = asyncio.run(execute("关闭微信", decision, services, locale))
    assert executed.command_result == prompt
    assert desktop.launched == []


def test_an_app_called_off_is_closed(services: Services, desktop: Desktop) -> None:
    decision = Decision(
        "command",
        "exact",
        command_type="system",
        target="关闭",
        value="off",
        commands=(("off",),),
    )
    desktop.outcome = Outcome("done")
    assert asyncio.run(carry_out(decision, services, "en")).command_result == "Done: close off."


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("zh", "已执行：新建文件夹。/桌面/新建文件夹"), ("en", "Done: new folder. /桌面/新建文件夹")],
)
def test_a_new_folder(locale: Locale, sentence: str, services: Services, desktop: Desktop) -> None:
    desktop.outcome = Outcome("done", "/桌面/新建文件夹")
    executed = asyncio.run(carry_out(NEW_FOLDER, services, locale))
    assert executed.command_result == sentence
    assert desktop.launched == [("system", "新建文件夹", "")]
