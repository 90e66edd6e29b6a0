"""A real Chromium with a microphone that plays what a test tells it to."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import av
import numpy as np
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    expect,
)

from voice_assistant.launcher.system_packages import find_browser

# The background switches keep Chromium from calling its maker's servers; `.test` names make pages
# of other sites without a name server.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    "--use-fake-device-for-media-stream",
)

_RATE = 16_000

_TALK = Path(__file__).parent.parent / "clips" / "zf_xiaobei_030.flac"


def launch(playwright: Playwright, microphone: Microphone) -> Browser:
    """Start the browser, headless, hearing `microphone`."""
    path = find_browser()
    return playwright.chromium.launch(
        executable_path=path,
        channel=None if path else "chrome",
        headless=True,
        args=[*_ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone.path}"],
    )


class Microphone:
    """What the browser's microphone hears; read anew at every recording, from its beginning."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.play_talk()

    def play(self, clip: Path) -> float:
        """Play a recording, then silence; returns its length in seconds."""
        samples = _read(clip)
        self._write(np.concatenate([samples, np.zeros(3 * _RATE, np.int16)]))
        return len(samples) / _RATE

    def play_talk(self) -> None:
        """Play somebody who talks from the first moment on, and does not pause."""
        samples = _read(_TALK)
        loud = np.flatnonzero(np.abs(samples) > np.abs(samples).max() / 50)
        self._write(np.resize(samples[loud[0] : loud[-1]], 10 * _RATE))

    def mute(self) -> None:
        """Play nothing."""
        self._write(np.zeros(10 * _RATE, np.int16))

    def _write(self, samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
        with wave.open(str(self.path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(_RATE)
            out.writeframes(samples.tobytes())


def _read(clip: Path) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    with av.open(str(clip)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
        frames = [
            resampled.to_ndarray().reshape(-1)
            for frame in container.decode(audio=0)
            for resampled in resampler.resample(frame)
        ]
    return np.concatenate(frames)


class Button:
    """The voice button on a page, as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.talk: Locator = page.locator(".talk")
        self.bubble: Locator = page.locator("#voice-assistant-button .bubble")

    def press(self) -> None:
        """Put the mouse on it and hold."""
        self.talk.hover()
        self.page.mouse.down()

    def hold(self, seconds: float = 0.8, *, mute: bool = False) -> None:
        """Hold it with the mouse for so long after the recording began, and let go.

        A busy machine's microphone delivers late: unless it is `mute`, sound is waited for.
        """
        self.press()
        self.wait_until("recording")
        if not mute:
            expect(self.talk).to_have_attribute("style", re.compile(r"--level: (0\.0*[1-9]|1)"))
        self.page.wait_for_timeout(seconds * 1000)
        self.page.mouse.up()

    def wait_until(self, state: str) -> None:
        """Wait until it shows that state."""
        self.page.locator(f".talk[data-state={state}]").wait_for()

    def says(self) -> str:
        """The text of the bubble, once there is one."""
        return self.bubble.locator(".words").inner_text()

    def choose(self, label: str) -> None:
        """Click one of the buttons in the bubble."""
        self.bubble.get_by_role("button", name=label, exact=True).click()


def collect_errors(target: BrowserContext | Page) -> list[str]:
    """A list that fills with what goes wrong on the console and in scripts from now on."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def watch(page: Page) -> None:
        page.on("console", note)
        page.on("pageerror", lambda error: errors.append(str(error)))

    if isinstance(target, Page):
        watch(target)
    else:
        target.on("page", watch)
    return errors
