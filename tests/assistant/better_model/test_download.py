from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import eventually
from voice_assistant.assistant.better_model import download as model_download
from voice_assistant.assistant.better_model.download import ModelDownload
from voice_assistant.errors import ModelError
from voice_assistant.processes.helper import run_module

pytestmark = pytest.mark.anyio

Change = dict[str, Any]


@pytest.fixture(autouse=True)
def _without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(module: str, *arguments: str, on_line: Callable[[dict[str, Any]], None]) -> int:
        assert module == "voice_assistant.downloader"
        return await run_module("tests.api.fake_downloader", *arguments, on_line=on_line)

    monkeypatch.setattr(model_download, "run_module", run)


@pytest.fixture
def changes() -> list[Change]:
    """What became of it."""
    return []


@pytest.fixture
def download(tmp_path: Path, changes: list[Change]) -> ModelDownload:
    def change(**fields: object) -> None:
        changes.append(fields)

    return ModelDownload("small", tmp_path, change)


async def test_how_far_it_is_and_that_it_is_here(
    download: ModelDownload, changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_DOWNLOAD", "done")
    await download.run()
    assert changes == [
        {"state": "fetching", "error": None},
        {"done": 50_000_000, "size": 200_000_000, "rate": 25e6, "left_s": 6.0},
        {"state": "fetched", "left_s": None},
    ]


@pytest.mark.parametrize(
    ("how", "code", "detail"),
    [("differs", "DOWNLOAD_DIFFERS", "404"), ("crashes", "DOWNLOAD_FAILED", "exit 3")],
)
async def test_what_will_not_get_better_is_tried_once(
    download: ModelDownload, changes: list[Change], how: str, code: str, detail: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_DOWNLOAD", how)
        await download.run()
    error = changes[-1]["error"]
    assert (changes[-1]["state"], error.code, error.params["detail"]) == ("failed", code, detail)
    assert [each["state"] for each in changes if "state" in each] == ["fetching", "failed"]


async def test_it_cannot_be_started(
    download: ModelDownload, changes: list[Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(*_: object, **__: object) -> int:
        raise OSError("no more processes")

    monkeypatch.setattr(model_download, "run_module", run)
    await download.run()
    assert changes[-1]["error"].params["detail"] == "no more processes"


@pytest.mark.parametrize("how", ["unreachable", "refused"])
async def test_what_may_pass_is_tried_again(
    download: ModelDownload, changes: list[Change], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(model_download, "_AGAIN_S", 0.01)
    monkeypatch.setenv("FAKE_DOWNLOAD", how)
    running = asyncio.create_task(download.run())
    await eventually(lambda: [each.get("state") for each in changes].count("failed") == 2)
    monkeypatch.setenv("FAKE_DOWNLOAD", "done")
    await running
    codes = {each["error"].code for each in changes if each.get("error")}
    assert codes == {f"DOWNLOAD_{how.upper()}"}
    assert changes[-1]["state"] == "fetched"


async def test_pauses_grow_up_to_a_limit(
    download: ModelDownload, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ModelError("DOWNLOAD_STALLED", model="small", source="hub.example", detail="")
    tries = iter([error] * 7 + [None])
    pauses: list[float] = []

    async def try_() -> ModelError | None:
        return next(tries)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(download, "_try", try_)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await download.run()
    assert pauses == [60, 120, 240, 480, 960, 1800, 1800]
