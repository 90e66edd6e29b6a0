"""The whole way: a spoken sentence, the real model, a real window."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from tests.support.live_service import LiveService
from voice_assistant import ROOT

pytestmark = pytest.mark.needs("xvfb", "calculator")

CLIPS = ROOT / "tests" / "clips"


@pytest.fixture
def live(
    xvfb: str, tmp_path: Path, model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LiveService]:
    monkeypatch.setenv("DISPLAY", xvfb)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    running = LiveService(tmp_path, [], model_dir=str(model_dir))
    yield running
    running.stop()


def windows_of(display: str) -> list[psutil.Process]:
    """Programs that run on that screen, the service itself left out."""
    found = []
    for process in psutil.process_iter(["environ", "cmdline"]):
        environ, command = process.info["environ"] or {}, process.info["cmdline"] or []
        if environ.get("DISPLAY") == display and not any("python" in part for part in command[:1]):
            found.append(process)
    return found


def speak(live: LiveService, name: str) -> dict[str, Any]:
    """What the service makes of a clip, and does about it."""
    answer: dict[str, Any] = httpx2.post(
        f"{live.url}/transcribe",
        files={"audio_file": ("a.flac", (CLIPS / f"{name}.flac").read_bytes())},
        data={"execute_commands": "true"},
        timeout=60,
        trust_env=False,
    ).json()
    return answer


def test_a_spoken_command_opens_a_real_window(
    live: LiveService, xvfb: str, wait_for_window: Callable[[str], None]
) -> None:
    answer = speak(live, "zm_yunxi_000")
    try:
        assert answer["command_target"] == "计算器"
        assert answer["command_executed"] is True, answer["command_result"]
        wait_for_window("alc")
        assert windows_of(xvfb)
    finally:
        for process in windows_of(xvfb):
            process.send_signal(signal.SIGKILL)


def test_a_spoken_question_opens_nothing(live: LiveService, xvfb: str) -> None:
    answer = speak(live, "zf_xiaobei_030")
    assert answer["is_command"] is False
    assert "天气" in answer["transcribed_text"]
    assert windows_of(xvfb) == []
