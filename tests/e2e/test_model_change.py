"""A better model is fetched and taken up while somebody speaks."""

from __future__ import annotations

import hashlib
import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.hub import Faults, running_hub
from tests.support.live_service import LiveService
from voice_assistant import ROOT

CLIP = ROOT / "tests" / "clips" / "zm_yunxi_000.flac"
OWN = "somebody/better"
_BOUNDARY = "----clip"


def call(url: str, data: bytes | None = None, kind: str = "application/json") -> Any:
    """What is answered, which must be a success."""
    request = urllib.request.Request(url, data, {"Content-Type": kind})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as response:
        return json.load(response)


def speak(live: LiveService) -> Any:
    head = (
        f"--{_BOUNDARY}\r\nContent-Disposition: form-data; "
        'name="audio_file"; filename="clip.flac"\r\n\r\n'
    )
    body = head.encode() + CLIP.read_bytes() + f"\r\n--{_BOUNDARY}--\r\n".encode()
    return call(f"{live.url}/transcribe", body, f"multipart/form-data; boundary={_BOUNDARY}")


def make_hub_folder(model_dir: Path, folder: Path) -> None:
    """A repository with base's files under another name."""
    repository = folder / OWN
    repository.mkdir(parents=True)
    for name in ("model.bin", "config.json", "vocabulary.txt"):
        os.symlink(model_dir / "base" / name, repository / name)


def describe(folder: Path, about: Path) -> None:
    """A `models.toml` with what the repository has, as the model `better`."""
    lines = ["[[model]]", 'name = "better"', 'like = "base"', f'modelscope = "{OWN}"']
    for path in sorted((folder / OWN).iterdir()):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        lines += ["[[model.file]]", f'name = "{path.name}"', f"size = {len(content)}"]
        lines.append(f'sha256 = "{digest}"')
    about.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def hub_folder(model_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    make_hub_folder(model_dir, folder)
    describe(folder, tmp_path / "models.toml")
    return folder


def start(folder: Path, monkeypatch: pytest.MonkeyPatch, hub: str, **settings: str) -> LiveService:
    """The service of somebody who wants `better`, on a computer without a card."""
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", hub)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for variable in ("MODELSCOPE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(folder / "caches"))
    return LiveService(
        folder,
        [],
        model="better",
        device="cpu",
        model_dir=str(folder / "models"),
        models_file=str(folder / "models.toml"),
        dry_run="1",
        **settings,
    )


def test_commands_are_answered_throughout(
    hub_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[str] = []
    with running_hub(hub_folder, Faults(rate=4e6)) as hub:
        live = start(tmp_path, monkeypatch, hub.url, download="yes")
        try:
            deadline = time.monotonic() + 150
            while True:
                assert speak(live)["command_target"] == "计算器"
                health = call(f"{live.url}/health")
                assert (health["status"], health["problem"]) == ("healthy", None)
                if health["download"]["state"] not in states[-1:]:
                    states.append(health["download"]["state"])
                if health["model_info"].startswith("better"):
                    break
                assert health["model_info"].startswith("base")
                assert time.monotonic() < deadline, health
                time.sleep(0.2)
            assert speak(live)["command_target"] == "计算器"
        finally:
            live.stop()
    assert states == ["fetching", "fetched"]
    assert (tmp_path / "models" / "better" / "model.bin").exists()


def test_no_is_remembered_and_why_base_serves_is_said(
    hub_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_hub(hub_folder) as hub:
        for expected in ("offered", "declined"):
            live = start(tmp_path, monkeypatch, hub.url)
            try:
                health = call(f"{live.url}/health")
                while health["download"] is None:
                    time.sleep(0.1)
                    health = call(f"{live.url}/health")
                assert health["download"]["state"] == expected
                assert "better" in health["problem"]
                answer = call(f"{live.url}/download", b'{"agreed": false}')
                assert answer["state"] == "declined"
            finally:
                live.stop()
        assert hub.connections == 0


def test_stopping_the_service_ends_the_download_which_goes_on_at_the_next_start(
    hub_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_hub(hub_folder, Faults(rate=2e6)) as hub:
        live = start(tmp_path, monkeypatch, hub.url, download="yes")
        try:
            while not (call(f"{live.url}/health")["download"] or {}).get("done", 0) > 10:
                time.sleep(0.1)
            [helper] = [each for each in psutil.process_iter(["cmdline"]) if _is_helper(each, live)]
        finally:
            live.stop()
        assert not helper.is_running()
        sent = hub.sent["model.bin"]
        hub.faults.rate = 0
        live = start(tmp_path, monkeypatch, hub.url, download="yes")
        try:
            while not call(f"{live.url}/health")["model_info"].startswith("better"):
                time.sleep(0.2)
        finally:
            live.stop()
        size = (hub_folder / OWN / "model.bin").stat().st_size
        assert hub.sent["model.bin"] < size + sent / 2


def _is_helper(process: psutil.Process, live: LiveService) -> bool:
    words = process.info["cmdline"] or []
    folder = str(live.output.parent / "models")
    return "voice_assistant.downloader" in words and folder in words
