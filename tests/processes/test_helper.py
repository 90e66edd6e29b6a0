from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.speech_process import LONG_S, is_gone
from tests.support.waiting import eventually
from voice_assistant.models.events import DownloadNote, DownloadProgress
from voice_assistant.processes.helper import run_module
from voice_assistant.processes.json_lines import EventReader

pytestmark = pytest.mark.anyio

Event = DownloadNote | DownloadProgress
EVENTS: EventReader[Event] = EventReader(DownloadNote, DownloadProgress)
NEWS = [
    DownloadNote("download.fetching", {}),
    DownloadProgress("", 50_000_000, 200_000_000, 25e6, 6.0),
]


async def test_each_event_is_handed_on_when_it_comes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAKE_DOWNLOAD", "hangs")
    events: list[Event] = []
    arguments = ("tests.api.fake_downloader", "--dir", str(tmp_path))
    running = asyncio.create_task(run_module(*arguments, events=EVENTS, on_event=events.append))
    await eventually(lambda: len(events) == 2)
    assert events == NEWS
    child = psutil.Process(int((tmp_path / "runs").read_text(encoding="utf-8").split()[0]))
    if sys.platform != "win32":
        assert child.nice() > psutil.Process(os.getpid()).nice()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, LONG_S)
    assert is_gone(child.pid)


async def test_its_exit_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for how, code in (("done", 0), ("crashes", 3)):
        monkeypatch.setenv("FAKE_DOWNLOAD", how)
        events: list[Event] = []
        arguments = ("tests.api.fake_downloader", "--dir", str(tmp_path))
        assert await run_module(*arguments, events=EVENTS, on_event=events.append) == code
        assert events == NEWS


async def test_a_module_that_does_not_exist() -> None:
    assert await run_module("voice_assistant.nothing", events=EVENTS, on_event=print) == 1


async def test_nothing_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(OSError, match="nonexistent"):
        await run_module("voice_assistant.downloader", events=EVENTS, on_event=print)


LIBRARY = """
import sys, time
sys.stdout.buffer.write(b"\\xff\\n" + 300_000 * b"x" + b"\\n\\n7\\n{}\\nnot JSON\\n")
sys.stdout.write('{"event": "note", "key": "after", "params": {}}')
"""


async def test_a_line_that_is_no_event_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not even one that is longer than any buffer, nor the want of a line break at the end."""
    (tmp_path / "noisy_library.py").write_text(LIBRARY, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    events: list[Event] = []
    assert await run_module("noisy_library", events=EVENTS, on_event=events.append) == 0
    assert events == [DownloadNote("after", {})]
