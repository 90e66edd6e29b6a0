"""The program, as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.hub import Hub
from tests.support.published import content, publish, tiny
from voice_assistant import ROOT
from voice_assistant.models.model import Model, ModelFile

WEIGHTS = content("mine", 2_000_000)


@pytest.fixture
def model(served: Path) -> Model:
    files = {"model.bin": WEIGHTS, "config.json": b"{}"}
    return replace(
        tiny(*(publish(served, name, data) for name, data in files.items())),
        name="mine",
        checkpoint=ModelFile("mine.pt", 0, "0" * 64),
    )


@pytest.fixture
def folder(described: Path, models: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a model that only `models.toml` knows."""
    monkeypatch.setenv("VOICE_LOCALE", "en")
    return models / "mine"


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "voice_assistant.downloader", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def ran(*arguments: str) -> tuple[int, str, str]:
    process = start(*arguments)
    out, err = process.communicate()
    return process.returncode, out, err


def test_a_described_model_is_fetched_verified_and_removed(folder: Path, hub: Hub) -> None:
    code, out, err = ran("--model", "mine", "--json")
    assert (code, err) == (0, "")
    events = [json.loads(line) for line in out.splitlines()]
    assert events[-1]["key"] == "download.done"
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert sum(hub.sent.values()) == len(WEIGHTS) + 2

    with (folder / "model.bin").open("r+b") as stream:
        stream.write(b"damage")
    code, out, err = ran("--verify", "--model", "mine")
    assert code == 1
    assert "model.bin is damaged" in err
    assert "config.json is whole" in out

    assert ran("--remove", "--model", "mine")[0] == 1
    assert ran("--remove", "--model", "mine", "--yes")[0] == 0
    assert not folder.exists()


@pytest.mark.usefixtures("folder")
def test_the_list_without_a_terminal() -> None:
    code, out, err = ran()
    assert code == 1
    assert "  6. mine" in out
    assert "--yes" in err


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_stopped_and_run_again(folder: Path, hub: Hub, number: int, code: int) -> None:
    hub.faults.rate = 60_000
    process = start("--model", "mine", "--json")
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "progress" and event["done"] > 100_000:
            break
    process.send_signal(number)
    process.communicate()
    assert process.returncode == code
    assert not (folder / "model.bin").exists()
    hub.faults.rate = 0
    assert ran("--model", "mine")[0] == 0
    assert ran("--verify")[0] == 0
    assert sum(hub.sent.values()) <= 1.05 * len(WEIGHTS)


@pytest.mark.usefixtures("folder")
def test_a_description_that_is_wrong(described: Path) -> None:
    described.write_text("[[model]]\nname = 'mine'\n", encoding="utf-8")
    code, _, err = ran("--model", "mine")
    assert code == 1
    assert "models.toml" in err
    assert "'like'" in err
