"""axe-core finds nothing that keeps people from using the control page or the button."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import Button
from tests.e2e.conftest import InstallButton, StartService
from tests.support.live_service import LiveService
from voice_assistant import ROOT

pytestmark = pytest.mark.needs("chromium")

FIND = """async () => {
  const { violations } = await axe.run();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core objects to on the page as it is, in shadow roots too."""
    page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FIND)
    return found


@pytest.fixture
def live(service: StartService) -> LiveService:
    return service(engine="fake", fake_text="今天天气怎么样")


@pytest.fixture(params=["light", "dark"])
def control(browser: Browser, live: LiveService, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The control page, with everything that can be opened open."""
    scheme: Literal["light", "dark"] = request.param
    page = browser.new_page(locale="zh-CN", color_scheme=scheme, permissions=["microphone"])
    page.goto(live.url)
    page.locator("#facts dd").first.wait_for()
    for details in page.locator("details").all():
        details.locator("summary").click()
    yield page
    page.close()


def test_it_notices_what_is_wrong(page: Page) -> None:
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x></main>")
    assert violations(page) == ['image-alt: <img src="x">']


def test_the_control_page(control: Page) -> None:
    assert violations(control) == []


def test_an_answer_on_the_control_page(control: Page) -> None:
    control.locator("#sentence").fill("关机")
    control.locator("#execute").check()
    control.get_by_role("button", name="试一试").click()
    expect(control.locator("#answer").get_by_role("button", name="确认")).to_be_visible()
    assert violations(control) == []


def test_a_control_page_that_needs_a_token(browser: Browser, service: StartService) -> None:
    page = browser.new_page(locale="zh-CN")
    page.goto(service(engine="fake", fake_text="今天天气怎么样", token="a-secret").url)
    expect(page.locator("#token")).to_be_visible()
    assert violations(page) == []
    page.close()


def test_the_button_while_it_records_and_its_bubble(control: Page) -> None:
    button = Button(control)
    button.press()
    button.wait_until("recording")
    assert violations(control) == []
    control.mouse.up()
    expect(button.bubble).to_be_visible()
    assert violations(control) == []


def test_the_bubble_with_a_problem(page: Page, install: InstallButton) -> None:
    button = install("http://127.0.0.1:9")
    page.evaluate("document.querySelector('main').innerHTML = '<h1>Chat</h1>'")
    button.hold()
    expect(button.bubble.get_by_role("button", name="重试")).to_be_visible()
    assert [each for each in violations(page) if "html-has-lang" not in each] == []
