"""What the button says when something is missing: each sentence says what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import Button, Microphone, collect_errors
from tests.e2e.conftest import InstallButton, StartService
from tests.e2e.web_page import OPEN_WEBUI, PageServer
from tests.support.live_service import LiveService, free_port
from voice_assistant import __version__

pytestmark = pytest.mark.needs("chromium")


def test_a_forbidden_microphone(
    browser: Browser, page_server: PageServer, plugin: str, microphone: Microphone
) -> None:
    page = browser.new_page(locale="zh-CN")  # nothing is granted
    page.goto(page_server.origin())
    page.evaluate(plugin)
    button = Button(page)
    button.press()
    expect(button.bubble).to_contain_text("麦克风被禁止")
    page.close()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("NotFoundError", "没有找到麦克风"),
        ("NotReadableError", "正被别的程序占用"),
        ("OverconstrainedError", "OverconstrainedError"),
    ],
)
def test_a_microphone_that_does_not_open(
    button: Button, page: Page, name: str, sentence: str
) -> None:
    refuse = "async () => { throw new DOMException('', name); }"
    page.evaluate(f"name => {{ navigator.mediaDevices.getUserMedia = {refuse}; }}", name)
    button.press()
    expect(button.bubble).to_contain_text(sentence)
    assert button.talk.get_attribute("data-state") == "error"
    page.mouse.up()


def test_a_page_that_is_not_secure(page: Page, page_server: PageServer, plugin: str) -> None:
    page.goto(page_server.put("/", OPEN_WEBUI, host="openwebui.test"))
    page.evaluate(plugin)
    button = Button(page)
    button.press()
    expect(button.bubble).to_contain_text("http://localhost:8888")
    page.mouse.up()


def test_a_browser_that_cannot_record(button: Button, page: Page) -> None:
    page.evaluate("delete window.MediaRecorder")
    button.press()
    expect(button.bubble).to_contain_text("不能录音")
    page.mouse.up()


def test_a_service_that_is_not_running_can_be_started_and_asked_again(
    install: InstallButton, page: Page, page_server: PageServer, tmp_path: Path
) -> None:
    port = free_port()
    button = install(f"http://127.0.0.1:{port}")
    button.hold()
    expect(button.bubble).to_contain_text("python start.py")
    live = LiveService(
        tmp_path, [page_server.origin()], port=str(port), engine="fake", fake_text="今天天气怎么样"
    )
    try:
        button.choose("重试")
        expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")
    finally:
        live.stop()


def test_a_recording_that_can_be_sent_again_stays_offered(
    install: InstallButton, page: Page
) -> None:
    page.clock.install()
    button = install(f"http://127.0.0.1:{free_port()}")
    button.hold()
    expect(button.bubble).to_contain_text("python start.py")
    page.mouse.move(0, 0)
    page.clock.run_for(3_600_000)
    expect(button.bubble.get_by_role("button", name="重试", exact=True)).to_be_visible()


def test_a_page_that_the_service_does_not_accept(
    page: Page, page_server: PageServer, plugin: str, service: StartService
) -> None:
    origin = page_server.origin("127.0.0.1")  # only its name localhost is allowed
    page.context.grant_permissions(["microphone"], origin=origin)
    page.goto(origin)
    url = service(engine="fake", fake_text="今天天气怎么样").url
    page.evaluate("address => { window.VOICE_ASSISTANT_URL = address; }", url)
    page.evaluate(plugin)
    button = Button(page)
    button.hold()
    expect(button.bubble).to_contain_text("语音服务不接受这个网页")
    assert f"{origin} 加入 VOICE_ALLOWED_ORIGINS" in button.says()


def test_a_page_whose_security_policy_forbids_it(
    page: Page, page_server: PageServer, plugin: str, service: StartService
) -> None:
    policy = "default-src 'self' 'unsafe-inline' 'unsafe-eval'"
    headers = {"Content-Security-Policy": policy}
    page.goto(page_server.put("/strict", OPEN_WEBUI, headers=headers))
    page.evaluate(
        "address => { window.VOICE_ASSISTANT_URL = address; }", service(engine="fake").url
    )
    page.evaluate(plugin)
    button = Button(page)
    button.hold()
    expect(button.bubble).to_contain_text("CONTENT_SECURITY_POLICY")


def test_an_error_of_the_service_is_shown_in_its_own_words(button: Button, page: Page) -> None:
    sentence = "正在忙，排队已满。请过几秒再试。"
    page.route(
        "**/transcribe",
        lambda route: route.fulfill(
            status=429,
            json={"success": False, "code": "BUSY", "error": sentence},
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    button.hold()
    expect(button.bubble).to_contain_text(sentence)
    assert button.bubble.get_attribute("data-tone") == "bad"


def test_something_else_on_the_port(button: Button, page: Page) -> None:
    page.route(
        "**/transcribe",
        lambda route: route.fulfill(
            status=404, body="<h1>Jupyter</h1>", headers={"Access-Control-Allow-Origin": "*"}
        ),
    )
    button.hold()
    expect(button.bubble).to_contain_text("回答不合约定")


def test_a_service_that_never_answers(
    install: InstallButton, page: Page, service: StartService
) -> None:
    page.add_init_script("AbortSignal.timeout = () => AbortSignal.abort();")
    page.reload()
    button = install(service(engine="fake", fake_text="今天天气怎么样").url)
    button.hold()
    expect(button.bubble).to_contain_text("一分钟没有结果")


def test_it_speaks_english_to_an_english_browser(
    browser: Browser, page_server: PageServer, plugin: str, microphone: Microphone
) -> None:
    context = browser.new_context(locale="en-GB", permissions=["microphone"])
    page = context.new_page()
    page.goto(page_server.origin())
    page.evaluate(
        "port => { window.VOICE_ASSISTANT_URL = `http://127.0.0.1:${port}`; }", free_port()
    )
    page.evaluate(plugin)
    button = Button(page)
    assert "Hold to talk" in (button.talk.get_attribute("title") or "")
    button.hold()
    expect(button.bubble).to_contain_text("run python start.py")
    context.close()


def test_pasting_it_leaves_the_console_clean(
    page: Page, install: InstallButton, service: StartService
) -> None:
    errors = collect_errors(page)
    button = install(service(engine="fake", fake_text="今天天气怎么样").url)
    button.hold()
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")
    assert errors == []


def test_the_style_of_the_page_and_of_the_button_do_not_mix(button: Button, page: Page) -> None:
    button.talk.click()
    look = button.bubble.evaluate(
        "bubble => { const s = getComputedStyle(bubble); return [s.color, s.letterSpacing]; }"
    )
    assert look == ["rgb(244, 244, 245)", "normal"]
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_the_script_names_its_version_and_no_address_but_this_computer(plugin: str) -> None:
    assert f"const VERSION = '{__version__}';" in plugin
    addresses = set(re.findall(r"https?://[\w.:/-]+", plugin))
    local = re.compile(r"http://(localhost|127\.0\.0\.1)(:\d+)?$|http://www\.w3\.org/2000/svg$")
    assert [each for each in addresses if not local.match(each)] == []
