"""What the button does with the service's answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.chromium import Button, Microphone
from tests.e2e.conftest import InstallButton, StartService
from tests.e2e.web_page import BLANK, PageServer
from tests.support.live_service import LiveService

pytestmark = pytest.mark.needs("chromium")

CHAT = {"success": True, "transcribed_text": "你好", "is_command": False}


def answer_with(page: Page, reply: dict[str, Any], path: str = "/transcribe") -> list[Any]:
    """Let the service say `reply`; returns a list that fills with the JSON that was posted."""
    posted: list[Any] = []

    def fulfil(route: Route) -> None:
        if route.request.headers.get("content-type") == "application/json":
            posted.append(route.request.post_data_json)
        route.fulfill(json=reply, headers={"Access-Control-Allow-Origin": "*"})

    page.route(f"**{path}", fulfil)
    return posted


def test_a_command_that_was_carried_out_is_green(
    install: InstallButton, page: Page, page_server: PageServer, tmp_path: Path
) -> None:
    marker = tmp_path / "launched"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho launched > {marker}\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "commands.toml").write_text(
        f'[[app]]\nname = "测试程序"\ncommand = ["{program}"]\n', encoding="utf-8"
    )
    live = LiveService(tmp_path, [page_server.origin()], engine="fake", fake_text="打开测试程序")
    try:
        button = install(live.url)
        button.hold()
        expect(button.bubble).to_have_attribute("data-tone", "good")
        assert "测试程序" in button.says()
        assert marker.read_text(encoding="utf-8") == "launched\n"
    finally:
        live.stop()


def test_a_command_that_failed_is_red(button: Button, page: Page) -> None:
    result = "这台电脑上没有找到微信。请先安装。"
    answer_with(
        page,
        {
            **CHAT,
            "transcribed_text": "打开微信",
            "is_command": True,
            "command_executed": False,
            "command_result": result,
        },
    )
    button.hold()
    expect(button.bubble).to_have_attribute("data-tone", "bad")
    assert button.says() == f"「打开微信」\n{result}"
    assert page.evaluate("draft") == ""


def test_a_dangerous_command_is_done_only_after_a_yes(
    install: InstallButton, service: StartService, page: Page
) -> None:
    button = install(service(engine="fake", fake_text="关机").url)
    button.hold()
    expect(button.bubble.get_by_role("button", name="确认")).to_be_visible()
    with page.expect_response("**/process/confirm") as response:
        button.choose("确认")
    assert response.value.ok
    expect(button.bubble.get_by_role("button", name="确认")).to_have_count(0)
    expect(button.bubble).to_contain_text(response.value.json()["command_result"])


def test_a_no_sends_nothing(install: InstallButton, service: StartService, page: Page) -> None:
    button = install(service(engine="fake", fake_text="关机").url)
    button.hold()
    button.bubble.get_by_role("button", name="取消").wait_for()
    asked = answer_with(page, CHAT, "/process/confirm")
    button.choose("取消")
    expect(button.bubble).to_have_count(0)
    assert asked == []


SUGGESTION = {
    **CHAT,
    "transcribed_text": "打开维信",
    "suggestion": {
        "message": "没有找到「维信」。",
        "choices": [{"label": "打开微信", "text": "打开微信"}],
    },
}


def test_choosing_a_suggestion_runs_it(button: Button, page: Page) -> None:
    answer_with(page, SUGGESTION)
    done = {**CHAT, "is_command": True, "command_executed": True, "command_result": "已打开微信。"}
    posted = answer_with(page, done, "/process")
    button.hold()
    expect(button.bubble).to_contain_text("没有找到「维信」。")
    button.choose("打开微信")
    expect(button.bubble).to_contain_text("已打开微信。")
    assert posted == [{"text": "打开微信", "execute_commands": True}]


def test_a_suggestion_can_be_chat_after_all(button: Button, page: Page) -> None:
    answer_with(page, SUGGESTION)
    button.hold()
    button.choose("填入聊天框")
    expect(page.locator("#chat-input")).to_have_text("打开维信")


def test_a_suggestion_without_choices_goes_to_the_chat_box(button: Button, page: Page) -> None:
    answer_with(page, {**SUGGESTION, "suggestion": {"message": "没有找到它。", "choices": []}})
    button.hold()
    expect(page.locator("#chat-input")).to_have_text("打开维信")
    expect(button.bubble).to_contain_text("没有找到它。")


def test_an_unknown_name_is_handled_by_the_real_service(
    install: InstallButton, service: StartService
) -> None:
    button = install(service(engine="fake", fake_text="打开飞檐走壁").url)
    button.hold()
    expect(button.bubble).to_be_visible()
    button.wait_until("idle")


def test_silence_asks_for_the_microphone(
    button: Button, microphone: Microphone, page: Page
) -> None:
    microphone.mute()
    button.hold(mute=True)
    expect(button.bubble).to_contain_text("没有听到声音")
    assert page.evaluate("draft") == ""


def test_noise_without_words_asks_to_say_it_again(button: Button, page: Page) -> None:
    answer_with(page, {**CHAT, "transcribed_text": ""})
    button.hold()
    expect(button.bubble).to_contain_text("没有听清，请再说一次")


def test_an_answer_of_the_language_model_is_shown(button: Button, page: Page) -> None:
    answer_with(page, {**CHAT, "ai_response": "你好，有什么可以帮您？"})
    button.hold()
    expect(button.bubble).to_contain_text("你好，有什么可以帮您？")
    assert page.evaluate("draft") == ""


def test_chat_is_sent_by_itself_only_if_asked_for(button: Button, page: Page) -> None:
    button.hold()
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")
    assert page.evaluate("sent") == []
    page.evaluate("window.VOICE_ASSISTANT_AUTO_SEND = true")
    button.hold()
    page.wait_for_function("sent.length === 1")
    assert page.evaluate("sent") == ["今天天气怎么样今天天气怎么样"]


def test_a_hidden_chat_box_gets_the_text_by_message(button: Button, page: Page) -> None:
    page.evaluate("document.querySelector('main').style.display = 'none'")
    button.hold()
    page.wait_for_function("draft === '今天天气怎么样'")


def test_the_chat_box_of_old_versions_is_a_textarea(button: Button, page: Page) -> None:
    page.evaluate(
        """() => {
          document.querySelector('main').innerHTML = '<textarea id="chat-input">旧稿</textarea>';
          document.querySelector('textarea').addEventListener('input', (e) => { draft =
          e.target.value; });
        }"""
    )
    page.locator("#chat-input").press("End")
    button.hold()
    page.wait_for_function("draft === '旧稿今天天气怎么样'")


def test_a_page_without_a_chat_box_offers_to_copy(
    page: Page, install: InstallButton, page_server: PageServer, service: StartService
) -> None:
    page.goto(page_server.put("/blank", BLANK))
    button = install(service(engine="fake", fake_text="今天天气怎么样").url)
    button.hold()
    expect(button.bubble).to_contain_text("「今天天气怎么样」")
    button.choose("复制")
    expect(button.bubble).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "今天天气怎么样"


def test_answers_are_shown_as_text_never_as_markup(button: Button, page: Page) -> None:
    text = "<img src=x onerror=\"document.title='owned'\">"
    answer_with(
        page, {**CHAT, "transcribed_text": text, "is_command": True, "command_result": text}
    )
    button.hold()
    expect(button.bubble).to_contain_text(text)
    assert page.title() == "Open WebUI"


def test_a_bubble_goes_by_itself_or_with_its_close_button(button: Button, page: Page) -> None:
    button.hold()
    page.mouse.move(5, 5)
    expect(button.bubble).to_be_visible()
    expect(button.bubble).to_have_count(0)
    button.hold()
    button.choose("关闭")
    expect(button.bubble).to_have_count(0)
