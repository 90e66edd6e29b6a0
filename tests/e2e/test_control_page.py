"""The control page, as the service serves it, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.chromium import Button, collect_errors
from tests.e2e.conftest import StartService
from tests.e2e.web_page import PageServer
from tests.support.live_service import LiveService, free_port

pytestmark = pytest.mark.needs("chromium")

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def live(service: StartService) -> LiveService:
    return service(engine="fake", fake_text="今天天气怎么样")


@pytest.fixture
def control(context: BrowserContext, live: LiveService) -> Iterator[Page]:
    """The page, which must not complain on the console: its content policy is strict."""
    page = context.new_page()
    errors = collect_errors(page)
    page.goto(live.url)
    yield page
    assert errors == []


def test_it_shows_how_the_service_is(control: Page) -> None:
    expect(control.locator("#state")).to_have_text("就绪")
    for fact in ("模型", "引擎", "内存", "排队", "已运行", "版本"):
        expect(control.locator("#facts")).to_contain_text(fact)


def test_nothing_is_fetched_from_elsewhere(context: BrowserContext, live: LiveService) -> None:
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(live.url)
    page.locator("#facts dd").first.wait_for()
    outside = [each for each in fetched if not each.startswith((live.url + "/", "data:"))]
    assert outside == []


def test_what_is_said_to_the_button_lands_in_its_chat_box(control: Page) -> None:
    Button(control).hold()
    expect(control.locator("#chat-input")).to_have_value("今天天气怎么样")


def test_a_typed_command_is_only_explained(control: Page) -> None:
    control.get_by_role("button", name="试一试").click()
    answer = control.locator("#answer")
    expect(answer).to_contain_text("指令")
    expect(answer).to_contain_text("计算器")
    answer.locator("summary").click()
    expect(answer.locator("pre")).to_contain_text('"command_executed": false')


def test_a_typed_command_is_carried_out_if_asked_for(control: Page) -> None:
    control.locator("#sentence").fill("关机")
    control.locator("#execute").check()
    control.get_by_role("button", name="试一试").click()
    with control.expect_response("**/process/confirm") as response:
        control.locator("#answer").get_by_role("button", name="确认").click()
    expect(control.locator("#answer")).to_contain_text(response.value.json()["command_result"])


def test_a_typed_question_is_chat(control: Page) -> None:
    control.locator("#sentence").fill("怎么打开计算器")
    control.locator("#sentence").press("Enter")
    expect(control.locator("#answer")).to_contain_text("聊天")


def test_the_copied_script_installs_the_button(
    control: Page, context: BrowserContext, page_server: PageServer
) -> None:
    control.get_by_role("button", name="复制脚本").click()
    expect(control.locator("#copy-script")).to_have_text("已复制")
    script = control.evaluate("navigator.clipboard.readText()")
    web_ui = context.new_page()
    web_ui.goto(page_server.origin())
    web_ui.evaluate(script)
    Button(web_ui).hold()
    expect(web_ui.locator("#chat-input")).to_have_text("今天天气怎么样")


@pytest.mark.parametrize("snippet", ["loader", "userscript"])
def test_the_snippets_install_the_button(
    snippet: str, control: Page, context: BrowserContext, page_server: PageServer
) -> None:
    text = control.locator(f"[data-snippet={snippet}]").first.text_content()
    web_ui = context.new_page()
    web_ui.goto(page_server.origin())
    web_ui.add_script_tag(content=text)
    web_ui.wait_for_function("window.voiceAssistant")
    Button(web_ui).hold()
    expect(web_ui.locator("#chat-input")).to_have_text("今天天气怎么样")


def test_english_browsers_get_english(browser: Browser, live: LiveService) -> None:
    page = browser.new_page(locale="en-US")
    page.goto(live.url)
    expect(page.locator("#state")).to_have_text("Ready")
    texts = page.evaluate("document.body.innerText + document.title")
    assert [character for character in texts if "\u4e00" <= character <= "\u9fff"] == []
    page.close()


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_nothing_sticks_out_on_a_phone(browser: Browser, live: LiveService, locale: str) -> None:
    page = browser.new_page(locale=locale, viewport=PHONE)  # type: ignore[arg-type]
    page.goto(live.url)
    page.locator("#facts dd").first.wait_for()
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.close()


def test_nobody_asks_for_the_status_of_a_page_that_is_not_seen(control: Page) -> None:
    control.locator("#facts dd").first.wait_for()
    asked: list[str] = []
    control.on("request", lambda request: asked.append(request.url))
    control.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    control.wait_for_timeout(500)  # one may be under way
    asked.clear()
    control.wait_for_timeout(3_000)
    assert asked == []


def test_a_service_that_went_away_is_noticed_and_its_return_too(
    context: BrowserContext, tmp_path: Path
) -> None:
    port = str(free_port())
    first = LiveService(tmp_path, [], port=port, engine="fake")
    page = context.new_page()
    page.goto(first.url)
    expect(page.locator("#state")).to_have_text("就绪")
    first.stop()
    expect(page.locator("#state")).to_have_text("连接不上")
    expect(page.locator("#advice")).to_contain_text("python start.py")
    second = LiveService(tmp_path, [], port=port, engine="fake")
    try:
        expect(page.locator("#state")).to_have_text("就绪")
        expect(page.locator("#advice")).to_be_hidden()
    finally:
        second.stop()


def test_a_service_with_a_token_asks_for_it(context: BrowserContext, service: StartService) -> None:
    page = context.new_page()
    page.goto(service(engine="fake", fake_text="今天天气怎么样", token="a-secret").url)
    expect(page.locator("#state")).to_have_text("需要令牌")
    page.locator("#token").fill("a-secret")
    page.get_by_role("button", name="使用").click()
    expect(page.locator("#state")).to_have_text("就绪")
    Button(page).hold()
    expect(page.locator("#chat-input")).to_have_value("今天天气怎么样")
