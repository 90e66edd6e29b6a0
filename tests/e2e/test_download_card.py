"""The better model on the control page: offered, on its way, here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.chromium import collect_errors
from tests.e2e.conftest import StartService
from tests.support.live_service import LiveService

pytestmark = pytest.mark.needs("chromium")

PHONE = {"width": 360, "height": 740}

OFFERED = {
    "state": "offered",
    "model": "large-v3-turbo",
    "size": 1617.9,
    "done": 0.0,
    "rate": 0.0,
    "left_s": None,
    "error": None,
}
FETCHING = {**OFFERED, "state": "fetching", "done": 404.5, "rate": 42.31, "left_s": 96.2}

Show = Callable[[Page, dict[str, Any]], list[Any]]


@pytest.fixture
def live(service: StartService) -> LiveService:
    return service(engine="fake", fake_text="今天天气怎么样")


@pytest.fixture
def show(live: LiveService) -> Show:
    """Opens the page of a service whose better model is so far; returns what it is answered."""

    def open_page(page: Page, download: dict[str, Any]) -> list[Any]:
        answers: list[Any] = []

        def health(route: Route) -> None:
            response = route.fetch()
            route.fulfill(response=response, json={**response.json(), "download": download})

        def answer(route: Route) -> None:
            fields: Any = route.request.post_data_json
            answers.append(fields)
            download.update(FETCHING if fields["agreed"] else {"state": "declined"})
            route.fulfill(json=download)

        page.route("**/health", health)
        page.route("**/download", answer)
        page.goto(live.url)
        page.locator("#facts dd").first.wait_for()
        return answers

    return open_page


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must not complain on the console."""
    opened = context.new_page()
    errors = collect_errors(opened)
    yield opened
    opened.unroute_all(behavior="wait")
    assert errors == []


def test_nothing_better_is_nothing_to_say(page: Page, live: LiveService) -> None:
    page.goto(live.url)
    page.locator("#facts dd").first.wait_for()
    expect(page.locator("#download")).to_be_hidden()


def test_yes(page: Page, show: Show) -> None:
    answers = show(page, dict(OFFERED))
    expect(page.locator("#download-text")).to_contain_text(
        "large-v3-turbo 更适合这台电脑（1.6 GB）"
    )
    expect(page.locator("#download-progress")).to_be_hidden()
    page.get_by_role("button", name="下载", exact=True).click()
    text = "正在下载 large-v3-turbo：405 MB / 1.6 GB，42 MB/s，还需 1 分 36 秒"
    expect(page.locator("#download-text")).to_have_text(text)
    bar = page.get_by_role("progressbar", name="下载进度")
    assert float(bar.get_attribute("value") or 0) == pytest.approx(25, abs=0.1)
    expect(page.locator("#download button:visible")).to_have_text(["停止"])
    assert answers == [{"agreed": True}]


def test_a_download_can_be_stopped(page: Page, show: Show) -> None:
    answers = show(page, dict(FETCHING))
    page.get_by_role("button", name="停止").click()
    expect(page.locator("#download-text")).to_contain_text("没有下载")
    expect(page.locator("#download-progress")).to_be_hidden()
    expect(page.locator("#download button:visible")).to_have_text(["下载"])
    assert answers == [{"agreed": False}]


def test_no_and_then_yes(page: Page, show: Show) -> None:
    answers = show(page, dict(OFFERED))
    page.get_by_role("button", name="暂不").click()
    expect(page.locator("#download-text")).to_contain_text("没有下载")
    expect(page.get_by_role("button", name="暂不")).to_be_hidden()
    page.get_by_role("button", name="下载", exact=True).click()
    expect(page.locator("#download-text")).to_contain_text("正在下载")
    assert answers == [{"agreed": False}, {"agreed": True}]


def test_what_went_wrong_can_be_tried_again(page: Page, show: Show) -> None:
    answers = show(page, {**OFFERED, "state": "failed", "error": "连不上 hub.example。"})
    text = "large-v3-turbo 没有下载成功。连不上 hub.example。"
    expect(page.locator("#download-text")).to_have_text(text)
    page.get_by_role("button", name="下载", exact=True).click()
    expect(page.locator("#download-text")).to_contain_text("正在下载")
    assert answers == [{"agreed": True}]


def test_what_is_here_is_said_until_it_is_in_use(page: Page, show: Show) -> None:
    download = {**OFFERED, "state": "fetched"}
    show(page, download)
    expect(page.locator("#download-text")).to_have_text("large-v3-turbo 已下载，马上换用。")
    download["model"] = "base"  # what the service runs
    expect(page.locator("#download")).to_be_hidden()


@pytest.mark.parametrize("download", [OFFERED, FETCHING], ids=["offered", "fetching"])
def test_english_browsers_get_english_on_a_phone_too(
    browser: Browser, show: Show, download: dict[str, Any]
) -> None:
    page = browser.new_page(locale="en-US", viewport=PHONE)  # type: ignore[arg-type]
    show(page, dict(download))
    expect(page.locator("#download")).to_be_visible()
    text = page.locator("#download").inner_text()
    assert "large-v3-turbo" in text
    assert [letter for letter in text if "\u4e00" <= letter <= "\u9fff"] == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.unroute_all(behavior="wait")
    page.close()
