"""What the end-to-end tests share."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.e2e.chromium import Button, Microphone, launch
from tests.e2e.web_page import OPEN_WEBUI, PageServer
from tests.support.live_service import LiveService
from voice_assistant import ROOT
from voice_assistant.launcher.system_packages import LINUX_NEEDS
from voice_assistant.launcher.testing import MISSING_VARIABLE

# A screen without a person is something that only Linux has.
collect_ignore = [] if sys.platform == "linux" else ["test_calculator.py", "test_spoken_command.py"]

# ---------- browser: a real Chromium, a page like Open WebUI's, the real service ----------

StartService = Callable[..., LiveService]
InstallButton = Callable[..., Button]


# Not for the session: its event loop fills the thread, and tests of other modules want their own.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=20_000)  # two busy cores
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def session_microphone(tmp_path_factory: pytest.TempPathFactory) -> Microphone:
    return Microphone(tmp_path_factory.mktemp("microphone") / "heard.wav")


@pytest.fixture(scope="module")
def browser(playwright: Playwright, session_microphone: Microphone) -> Iterator[Browser]:
    running = launch(playwright, session_microphone)
    yield running
    running.close()


@pytest.fixture
def microphone(session_microphone: Microphone) -> Microphone:
    """What the browser hears: talk, unless the test plays something else."""
    session_microphone.play_talk()
    return session_microphone


@pytest.fixture(scope="session")
def page_server() -> Iterator[PageServer]:
    server = PageServer()
    server.put("/", OPEN_WEBUI)
    yield server
    server.close()


@pytest.fixture(scope="session")
def service(
    page_server: PageServer,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[StartService]:
    """Starts the service with these settings, or hands out the one that runs with them already.

    Pages of `page_server` under the name `localhost` are allowed. Nothing is launched.
    """
    running: dict[tuple[tuple[str, str], ...], LiveService] = {}

    def start(**settings: str) -> LiveService:
        key = tuple(sorted(settings.items()))
        if key not in running:
            folder = tmp_path_factory.mktemp("service")
            origins = [page_server.origin("localhost")]
            defaults = {"dry_run": "1"}
            if settings["engine"] != "fake":
                defaults["model_dir"] = str(request.getfixturevalue("model_dir"))
            running[key] = LiveService(folder, origins, **defaults, **settings)
        return running[key]

    yield start
    for each in running.values():
        each.stop()


@pytest.fixture
def context(browser: Browser, microphone: Microphone) -> Iterator[BrowserContext]:
    """A fresh browser profile that speaks Chinese and may use the microphone."""
    fresh = browser.new_context(
        locale="zh-CN", permissions=["microphone", "clipboard-read", "clipboard-write"]
    )
    fresh.set_default_timeout(20_000)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext, page_server: PageServer) -> Iterator[Page]:
    """A page like Open WebUI's; scripts on it must not crash. What the button says is printed."""
    crashes: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: crashes.append(str(error)))
    opened.goto(page_server.origin())
    yield opened
    for words in opened.locator("#voice-assistant-button .words").all_inner_texts():
        sys.stderr.write(f"the button says: {words}\n")
    assert crashes == []


@pytest.fixture(scope="session")
def plugin() -> str:
    """The text of the button's script."""
    return (ROOT / "static" / "AI_button_browser_plugin.js").read_text(encoding="utf-8")


@pytest.fixture
def install(page: Page, plugin: str) -> InstallButton:
    """Pastes the script into the page's console; `address` is where it looks for the service."""

    def paste(address: str) -> Button:
        page.evaluate("address => { window.VOICE_ASSISTANT_URL = address; }", address)
        page.evaluate(plugin)
        return Button(page)

    return paste


@pytest.fixture
def button(install: InstallButton, service: StartService) -> Button:
    """The button, with a service that hears 今天天气怎么样 in everything."""
    return install(service(engine="fake", fake_text="今天天气怎么样").url)


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of spoken test sentences."""
    return ROOT / "tests" / "clips"


# ---------- end of: browser ----------


# ---------- desktop: an X server of our own ----------


@pytest.fixture(scope="session")
def xvfb() -> Iterator[str]:
    """A screen that nobody sees; returns its display, as in `DISPLAY`."""
    reader, writer = os.pipe()
    # It chooses a display that is free, so that workers do not meet.
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as chosen:
        number = chosen.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(20)


@pytest.fixture
def wait_for_window(xvfb: str) -> Callable[[str], None]:
    """Waits until a window with these letters in its name is shown on the screen."""

    def wait(name: str) -> None:
        deadline = time.monotonic() + 30
        shown = re.compile(rf"^ +0x\w+ .*{name}.* (?:\d\d\d+)x(?:\d\d\d+)\+", re.MULTILINE)
        command = ["xwininfo", "-display", xvfb, "-root", "-tree"]
        while time.monotonic() < deadline:
            tree = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            if shown.search(tree):
                return
            time.sleep(0.1)
        raise AssertionError(f"no window {name}:\n{tree}")

    return wait


# ---------- missing system packages ----------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, and say so, what needs a program that `start.py test` could not install.

    With `CI=true` nothing is skipped: such a test runs and fails.
    """
    missing = set(filter(None, os.environ.get(MISSING_VARIABLE, "").split(",")))
    if os.environ.get("CI") == "true" or not missing:
        return
    commands = {need.name: need.command for need in LINUX_NEEDS}
    for item in items:
        needed = {name for mark in item.iter_markers("needs") for name in mark.args}
        for name in sorted(needed & missing):
            item.add_marker(pytest.mark.skip(reason=f"{name} is missing: {commands[name]}"))
