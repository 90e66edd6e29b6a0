from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.speech_process import LONG_S, is_gone
from tests.support.waiting import eventually
from voice_assistant.processes.helper import run_module

pytestmark = pytest.mark.anyio


async def test_each_line_of_json_is_handed_on_when_it_comes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAKE_DOWNLOAD", "hangs")
    lines: list[dict[str, Any]] = []
    running = asyncio.create_task(
        run_module("tests.api.fake_downloader", "--dir", str(tmp_path), on_line=lines.append)
    )
    await eventually(lambda: len(lines) == 2)
    assert [line["event"] for line in lines] == ["note", "progress"]
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
        lines: list[dict[str, Any]] = []
        module = "tests.api.fake_downloader"
        assert await run_module(module, "--dir", str(tmp_path), on_line=lines.append) == code
        assert len(lines) == 2


async def test_a_module_that_does_not_exist() -> None:
    assert await run_module("voice_assistant.nothing", on_line=lambda _: None) == 1


async def test_nothing_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(OSError, match="nonexistent"):
        await run_module("voice_assistant.downloader", on_line=lambda _: None)
