"""What a page of another origin can do to the service from a real browser: nothing."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, Response

from tests.e2e.web_page import BLANK, PageServer
from tests.support.live_service import LiveService

pytestmark = pytest.mark.needs("chromium")

COMMAND = {"text": "打开小黄鸭", "execute_commands": True}


@pytest.fixture(scope="module")
def live(
    page_server: PageServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveService]:
    """The service with one command, for pages of `localhost` and nobody else."""
    folder = tmp_path_factory.mktemp("guarded")
    marker = folder / "launched"
    (folder / "commands.toml").write_text(
        f'[[app]]\nname = "小黄鸭"\ncommand = ["touch", {json.dumps(str(marker))}]\n',
        encoding="utf-8",
    )
    running = LiveService(
        folder, [page_server.origin("localhost")], engine="fake", fake_text="打开小黄鸭"
    )
    yield running
    running.stop()


@pytest.fixture
def marker(live: LiveService) -> Path:
    """A file that exists once the command has really been run."""
    return live.output.parent / "launched"


@pytest.fixture
def statuses(page: Page, live: LiveService) -> list[tuple[str, int]]:
    """What the service answered to the browser: address and status, or -1 for no answer."""
    seen: list[tuple[str, int]] = []

    def note(response: Response) -> None:
        if response.url.startswith(live.url):
            seen.append((response.url, response.status))

    page.context.on("response", note)
    return seen


@pytest.fixture
def foreign(page: Page, page_server: PageServer) -> Page:
    page.goto(page_server.put("/foreign", BLANK, host="evil.test"))
    return page


@pytest.fixture(scope="module")
def routes(live: LiveService) -> list[tuple[str, str]]:
    """Method and address of everything there is, and of something that is not there."""
    schema = httpx2.get(f"{live.url}/openapi.json", trust_env=False).json()
    described = [
        (method.upper(), path) for path, methods in schema["paths"].items() for method in methods
    ]
    pages = ["/", "/docs", "/openapi.json", "/static/control.js", "/nothing"]
    listed = described + [("GET", path) for path in pages]
    return [(method, live.url + path) for method, path in listed]


# One request of each kind to one address; none may throw, whatever the browser says to the answer.
ATTEMPTS: dict[str, str] = {
    "fetch": "fetch(url, {method, body: method === 'POST' ? json : undefined})",
    "fetch as JSON": """fetch(url, {method, body: method === 'POST' ? json : undefined,
        headers: {'Content-Type': 'application/json'}})""",
    "fetch without cors": """fetch(url, {method, mode: 'no-cors',
        body: method === 'POST' ? json : undefined})""",
    "fetch with a form": """fetch(url, {method: 'POST', mode: 'no-cors', body: form})""",
    "fetch with credentials": "fetch(url, {method, credentials: 'include', mode: 'no-cors'})",
    "beacon": "navigator.sendBeacon(url, json)",
    "image": "new Promise((done) => Object.assign(new Image(), {onerror: done, src: url}))",
    "event source": """new Promise((done) => {
        const source = new EventSource(url);
        source.onerror = () => { source.close(); done(); };
    })""",
    "web socket": """new Promise((done) => {
        new WebSocket(url.replace('http', 'ws')).onclose = done;
    })""",
}
ATTEMPT = """async ([kind, url, method, json]) => {
    const form = new FormData();
    form.append('audio_file', new Blob([new Uint8Array(2000)]), 'a.wav');
    form.append('execute_commands', 'true');
    const attempts = {ATTEMPTS};
    await Promise.race([
        Promise.resolve(attempts[kind]()).catch(() => {}),
        new Promise((done) => setTimeout(done, 5000)),
    ]);
}""".replace(
    "ATTEMPTS", ", ".join(f"{json.dumps(kind)}: () => {code}" for kind, code in ATTEMPTS.items())
)


@pytest.mark.parametrize("kind", ATTEMPTS)
def test_scripts_of_a_foreign_page(
    kind: str,
    foreign: Page,
    marker: Path,
    routes: list[tuple[str, str]],
    statuses: list[tuple[str, int]],
) -> None:
    log = next(marker.parent.glob("service-*.log"))
    already = len(log.read_text(encoding="utf-8"))
    for method, address in routes:
        foreign.evaluate(ATTEMPT, [kind, address, method, json.dumps(COMMAND)])
    assert not marker.exists()
    assert {status for _, status in statuses} <= {403}
    # The browser keeps most refusals to itself; the service logs each.
    expected = {urlsplit(address).path for _, address in routes}
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        lines = log.read_text(encoding="utf-8")[already:]
        if expected <= set(re.findall(r"FOREIGN_ORIGIN: \w+ (\S+)$", lines, re.MULTILINE)):
            return
        time.sleep(0.1)
    raise AssertionError(f"not all were refused:\n{lines}")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]
)
@pytest.mark.parametrize("path", ["/process", "/transcribe", "/process/confirm", "/"])
def test_forms_of_a_foreign_page(
    kind: str, path: str, foreign: Page, live: LiveService, marker: Path
) -> None:
    # In a text/plain form the name and value around the = can be made into JSON.
    name, value = '{"text": "打开小黄鸭", "x": "', '"}'
    with foreign.expect_navigation() as navigation:
        foreign.evaluate(
            """([action, enctype, name, value]) => {
                const form = document.createElement('form');
                Object.assign(form, {method: 'POST', action, enctype});
                const field = document.createElement('input');
                Object.assign(field, {name, value});
                form.append(field);
                document.body.append(form);
                form.submit();
            }""",
            [live.url + path, kind, name, value],
        )
    answer = navigation.value
    assert answer is not None
    assert answer.status == 403
    assert not marker.exists()


def test_an_allowed_page_may(
    page: Page, live: LiveService, marker: Path, page_server: PageServer
) -> None:
    """Shows that the marker of the tests above means something."""
    page.goto(page_server.origin("localhost"))
    answer = page.evaluate(
        """async ([url, body]) => (await fetch(url + '/process', {
            method: 'POST', body, headers: {'Content-Type': 'application/json'},
        })).json()""",
        [live.url, json.dumps(COMMAND)],
    )
    assert answer["command_executed"] is True
    deadline = time.monotonic() + 10
    while not marker.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    marker.unlink()


def test_what_installs_the_button_works_from_anywhere(foreign: Page, live: LiveService) -> None:
    foreign.add_script_tag(url=f"{live.url}/static/AI_button_browser_plugin.js")
    assert foreign.evaluate("typeof window.voiceAssistant") == "object"
    opened = foreign.goto(live.url + "/")
    assert opened is not None
    assert opened.status == 200


def test_nobody_can_frame_the_control_page(
    page: Page, live: LiveService, page_server: PageServer, statuses: list[tuple[str, int]]
) -> None:
    for host in ("evil.test", "localhost"):
        html = f"<!doctype html><title>frame</title><iframe src='{live.url}/'></iframe>"
        page.goto(page_server.put(f"/frame-{host}", html, host=host))
        page.wait_for_load_state("networkidle")
    assert [status for _, status in statuses] == [403, 403]


@pytest.mark.parametrize("host", ["evil.test", "evil.test:{port}", "localhost", "0.0.0.0:{port}"])
def test_a_forged_host(host: str, live: LiveService, marker: Path) -> None:
    body = json.dumps(COMMAND).encode()
    request = (
        f"POST /process HTTP/1.1\r\nHost: {host.format(port=live.port)}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    ).encode() + body
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
        connection.sendall(request)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 403")
    assert not marker.exists()
