"""Holding the button, in a real Chromium: what is recorded, what is sent, what is let go."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.chromium import Button, Microphone
from tests.e2e.conftest import InstallButton, StartService
from tests.e2e.web_page import OPEN_WEBUI, PageServer

pytestmark = pytest.mark.needs("chromium")

# Keeps every microphone stream, so that a test can see whether it was let go.
KEEP_STREAMS = """() => {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.streams = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    await window.beforeMicrophone;
    const stream = await open(wanted);
    window.streams.push(stream);
    return stream;
  };
}"""
LIVE_TRACKS = "streams.flatMap((s) => s.getTracks()).filter((t) => t.readyState === 'live').length"


@pytest.fixture
def uploads(page: Page) -> list[Request]:
    """The requests to /transcribe so far."""
    seen: list[Request] = []

    def note(request: Request) -> None:
        if "/transcribe" in request.url:
            seen.append(request)

    page.on("request", note)
    return seen


def test_a_spoken_command_shows_what_became_of_it(
    install: InstallButton, service: StartService, microphone: Microphone, page: Page, clips: Path
) -> None:
    button = install(service(engine="auto").url)
    button.hold(microphone.play(clips / "zm_yunxi_000.flac"))
    expect(button.bubble).to_contain_text("打开计算器")
    assert page.evaluate("draft") == ""


def test_a_spoken_question_lands_at_the_caret_of_the_draft(
    install: InstallButton, service: StartService, microphone: Microphone, page: Page, clips: Path
) -> None:
    button = install(service(engine="auto").url)
    page.locator("#chat-input").press_sequentially("请问谢谢")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    button.hold(microphone.play(clips / "zf_xiaobei_030.flac"))
    expect(page.locator("#send-message-button")).to_be_visible()
    expect(page.locator("#chat-input")).to_have_text("请问今天天气怎么样？谢谢")
    assert page.evaluate("sent") == []
    expect(page.locator("#chat-input")).to_be_focused()


KEEP_FORMS = """() => {
    window.forms = [];
    const send = window.fetch;
    window.fetch = (address, options) => {
        if (options?.body instanceof FormData) forms.push(options.body);
        return send(address, options);
    };
}"""
SENT = """async () => {
    const file = forms[0].get('audio_file');
    const beginning = await file.slice(0, 400).text();
    return [file.name, beginning.includes('OpusHead'), forms[0].get('execute_commands')];
}"""


def test_what_is_sent_is_opus_from_the_microphone(
    button: Button, page: Page, uploads: list[Request]
) -> None:
    # Playwright does not show bodies that hold a recording.
    page.evaluate(KEEP_FORMS)
    button.hold()
    button.wait_until("idle")
    assert page.evaluate(SENT) == ["speech.webm", True, "true"]
    assert "cookie" not in uploads[0].all_headers()


@pytest.mark.parametrize("key", ["Space", "Enter", "Alt+KeyM"])
def test_holding_a_key_talks(button: Button, page: Page, key: str) -> None:
    if key != "Alt+KeyM":
        button.talk.focus()
    for part in key.split("+"):
        page.keyboard.down(part)
    button.wait_until("recording")
    page.wait_for_timeout(500)
    for part in reversed(key.split("+")):
        page.keyboard.up(part)
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")


def test_holding_a_finger_on_it_talks(button: Button, page: Page) -> None:
    box = button.talk.bounding_box()
    assert box
    finger = {"x": box["x"] + 20, "y": box["y"] + 20}
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]})
    button.wait_until("recording")
    page.wait_for_timeout(900)  # long enough for a long press to be noticed
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")


def test_a_click_without_pointer_or_key_starts_and_the_next_one_ends(
    button: Button, page: Page
) -> None:
    button.talk.evaluate("button => button.click()")
    button.wait_until("recording")
    page.wait_for_timeout(500)
    button.talk.evaluate("button => button.click()")
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")


def test_a_short_press_only_explains(button: Button, uploads: list[Request]) -> None:
    button.talk.click()
    expect(button.bubble).to_contain_text("请按住按钮")
    assert uploads == []


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        ("() => dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}))", "已取消"),
        ("() => dispatchEvent(new Event('blur'))", "录音被打断"),
        ("() => dispatchEvent(new Event('pagehide'))", "录音被打断"),
    ],
)
def test_a_recording_that_is_cut_off_is_not_sent(
    button: Button, page: Page, uploads: list[Request], ending: str, sentence: str
) -> None:
    page.evaluate(KEEP_STREAMS)
    button.press()
    button.wait_until("recording")
    page.wait_for_timeout(500)
    page.evaluate(ending)
    expect(button.bubble).to_contain_text(sentence)
    page.wait_for_function(f"{LIVE_TRACKS} === 0")
    page.mouse.up()
    button.wait_until("idle")
    assert uploads == []


def test_the_microphone_is_on_only_while_recording(button: Button, page: Page) -> None:
    page.evaluate(KEEP_STREAMS)
    button.press()
    button.wait_until("recording")
    assert page.evaluate(LIVE_TRACKS) == 1
    page.wait_for_timeout(400)
    page.mouse.up()
    page.wait_for_function(f"{LIVE_TRACKS} === 0")


def test_letting_go_before_the_microphone_opens_lets_it_go_too(
    button: Button, page: Page, uploads: list[Request]
) -> None:
    page.evaluate(KEEP_STREAMS)
    # In braces, or playwright would wait for the promise.
    page.evaluate(
        "() => { window.beforeMicrophone = new Promise((open) => { window.openNow = open; }); }"
    )
    button.press()
    button.wait_until("requesting")
    page.wait_for_timeout(400)
    page.mouse.up()
    expect(button.bubble).to_contain_text("等按钮变红再说话")
    page.evaluate("openNow()")
    page.wait_for_function(f"streams.length === 1 && {LIVE_TRACKS} === 0")
    assert uploads == []


def test_a_recording_ends_by_itself_after_a_minute(
    install: InstallButton, service: StartService, page: Page
) -> None:
    page.clock.install()
    button = install(service(engine="fake", fake_text="今天天气怎么样").url)
    button.press()
    button.wait_until("recording")
    page.clock.run_for(59_000)
    assert button.talk.get_attribute("data-state") == "recording"
    page.clock.run_for(2_000)
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")


def test_the_last_syllable_is_recorded_too(button: Button, page: Page) -> None:
    page.evaluate(
        """() => {
          window.ended = 0;
          const stop = MediaRecorder.prototype.stop;
          MediaRecorder.prototype.stop = function () {
            window.ended = performance.now();
            stop.call(this);
          };
          addEventListener('pointerup', () => { window.released = performance.now(); });
        }"""
    )
    button.hold()
    page.wait_for_function("ended")
    assert page.evaluate("ended - released") >= 100


def test_the_caret_stays_in_the_chat_box_while_the_button_is_pressed(
    button: Button, page: Page
) -> None:
    page.locator("#chat-input").focus()
    button.press()
    button.wait_until("recording")
    expect(page.locator("#chat-input")).to_be_focused()
    page.mouse.up()


def test_utterances_are_answered_in_the_order_they_were_spoken(button: Button, page: Page) -> None:
    # The first answer is late; the second must not overtake it.
    answers = iter([("第一句", 1_500), ("第二句", 0)])

    def answer(route: object) -> None:
        text, delay_ms = next(answers)
        page.wait_for_timeout(delay_ms)
        route.fulfill(  # type: ignore[attr-defined]
            json={"success": True, "transcribed_text": text, "is_command": False},
            headers={"Access-Control-Allow-Origin": "*"},
        )

    page.route("**/transcribe", answer)
    button.hold(0.4)
    button.hold(0.4)
    expect(page.locator("#chat-input")).to_have_text("第一句第二句")


def test_running_the_script_again_replaces_the_button(
    install: InstallButton,
    button: Button,
    page: Page,
    uploads: list[Request],
    service: StartService,
) -> None:
    install(service(engine="fake", fake_text="今天天气怎么样").url)
    expect(page.locator("#voice-assistant-button")).to_have_count(1)
    page.keyboard.down("Alt")
    page.keyboard.down("KeyM")
    button.wait_until("recording")
    page.wait_for_timeout(400)
    page.keyboard.up("KeyM")
    page.keyboard.up("Alt")
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")
    assert len(uploads) == 1


def test_remove_takes_everything_away(button: Button, page: Page) -> None:
    page.evaluate(KEEP_STREAMS)
    button.press()
    button.wait_until("recording")
    page.evaluate("voiceAssistant.remove()")
    page.wait_for_function(f"{LIVE_TRACKS} === 0")
    expect(page.locator("#voice-assistant-button")).to_have_count(0)
    assert page.evaluate("typeof window.voiceAssistant") == "undefined"


def test_start_and_stop_talk_from_a_script(button: Button, page: Page) -> None:
    page.evaluate("voiceAssistant.start()")
    button.wait_until("recording")
    page.wait_for_timeout(500)
    page.evaluate("voiceAssistant.stop()")
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")


def test_a_script_tag_loads_it_and_tells_it_where_the_service_is(
    page: Page, page_server: PageServer, service: StartService
) -> None:
    url = service(engine="fake", fake_text="今天天气怎么样").url
    tag = f'<script src="{url}/static/AI_button_browser_plugin.js"></script>'
    page.goto(page_server.put("/with-script", tag + OPEN_WEBUI))
    Button(page).hold()
    expect(page.locator("#chat-input")).to_have_text("今天天气怎么样")
