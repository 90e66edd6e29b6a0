"""The button on a page that is not Open WebUI: another object in `HOSTS` is all that it takes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.chromium import Button
from tests.e2e.conftest import InstallButton, StartService
from tests.e2e.web_page import BLANK, PageServer

pytestmark = pytest.mark.needs("chromium")

BEGINNING = "const HOSTS = [\n"
END = "\n  ];"

MADE_UP_HOST = """
    {
      name: 'Made-up Chat',
      address: 'https://chat.test',
      origins: [],
      policySetting: 'MADE_UP_POLICY',
      box: () => document.getElementById('question'),
      insert(box, text) { box.value += text; },
      submit: () => document.getElementById('ask').click(),
    },"""

# As single-page apps do, once the script has been pasted already.
SHOW_THE_CHAT = """() => {
  window.asked = [];
  document.querySelector('p').outerHTML = '<textarea id="question"></textarea><button id="ask">';
  document.getElementById('ask').onclick = () => {
    asked.push(document.getElementById('question').value);
  };
}"""


@pytest.fixture(scope="module")
def plugin(plugin: str) -> str:
    """The text of the button's script, with one more page that it knows."""
    before, beginning, after = plugin.partition(BEGINNING)
    hosts, end, rest = after.partition(END)
    assert rest
    return before + beginning + hosts + MADE_UP_HOST + end + rest


@pytest.fixture
def blank(
    page: Page, page_server: PageServer, install: InstallButton, service: StartService
) -> Button:
    """The button on a page without a chat box."""
    page.goto(page_server.put("/blank", BLANK))
    return install(service(engine="fake", fake_text="今天天气怎么样").url)


def test_text_lands_in_the_box_of_the_page_that_it_is_when_one_lets_go(
    blank: Button, page: Page
) -> None:
    blank.press()
    blank.wait_until("recording")
    page.evaluate(SHOW_THE_CHAT)
    page.wait_for_timeout(500)
    page.mouse.up()
    expect(page.locator("#question")).to_have_value("今天天气怎么样")
    expect(blank.bubble).to_contain_text("已填入聊天框")
    assert page.evaluate("asked") == []


def test_it_is_sent_as_that_page_sends_it(blank: Button, page: Page) -> None:
    page.evaluate(SHOW_THE_CHAT)
    page.evaluate("window.VOICE_ASSISTANT_AUTO_SEND = true")
    blank.hold()
    page.wait_for_function("asked.length === 1")
    assert page.evaluate("asked") == ["今天天气怎么样"]


def test_a_page_that_has_none_of_the_boxes_offers_to_copy(blank: Button) -> None:
    blank.hold()
    expect(blank.bubble).to_contain_text("这个页面没有聊天框")


def test_open_webui_comes_first(button: Button, page: Page) -> None:
    page.evaluate("document.body.append(document.createElement('p'))")
    page.evaluate(SHOW_THE_CHAT)
    button.hold()
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")
    expect(page.locator("#question")).to_have_value("")


def test_what_is_wrong_names_the_page_that_it_is(
    page: Page, page_server: PageServer, plugin: str
) -> None:
    chat = '<textarea id="question"></textarea>'
    page.goto(page_server.put("/made-up", chat, host="chat.test"))
    page.evaluate(plugin)
    button = Button(page)
    button.press()
    expect(button.bubble).to_contain_text("https://chat.test 或 https 打开 Made-up Chat")
    page.mouse.up()


def test_a_security_policy_is_set_where_the_page_sets_it(
    page: Page, page_server: PageServer, install: InstallButton, service: StartService
) -> None:
    policy = "default-src 'self' 'unsafe-inline' 'unsafe-eval'"
    chat = '<textarea id="question"></textarea>'
    headers = {"Content-Security-Policy": policy}
    page.goto(page_server.put("/made-up-strict", chat, headers=headers))
    button = install(service(engine="fake", fake_text="今天天气怎么样").url)
    button.hold()
    expect(button.bubble).to_contain_text("Made-up Chat 的 MADE_UP_POLICY")
