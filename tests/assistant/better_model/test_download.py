from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from voice_assistant.assistant.better_model import download as model_download
from voice_assistant.assistant.better_model.download import ModelDownload
from voice_assistant.assistant.better_model.states import (
    Failed,
    Fetched,
    Fetching,
    Progress,
)
from voice_assistant.models.events import DownloadFailed
from voice_assistant.processes.helper import run_module
from voice_assistant.processes.json_lines import EventReader

pytestmark = pytest.mark.anyio

Shown = list[Fetching | Fetched | Failed]

MISSING = Fetching("small", Progress(0))
ON_ITS_WAY = Progress(200_000_000, 50_000_000, 25e6, 6.0)
ARRIVED = Progress(200_000_000, 50_000_000, 25e6)


@pytest.fixture(autouse=True)
def _without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(module: str, *arguments: str, **reading: Any) -> int:
        assert module == "voice_assistant.downloader"
        return await run_module("tests.api.fake_downloader", *arguments, **reading)

    monkeypatch.setattr(model_download, "run_module", run)


@pytest.fixture
def shown() -> Shown:
    """What became of it."""
    return []


@pytest.fixture
def pauses() -> list[float]:
    """How long it paused, in seconds, before it tried again."""
    return []


@pytest.fixture
def download(tmp_path: Path, shown: Shown, pauses: list[float]) -> ModelDownload:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    return ModelDownload(MISSING, tmp_path, shown.append, sleep)


def failures(shown: Shown) -> list[Failed]:
    return [each for each in shown if isinstance(each, Failed)]


async def test_how_far_it_is_and_that_it_is_here(
    download: ModelDownload, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_DOWNLOAD", "done")
    await download.run()
    assert shown == [
        MISSING,
        Fetching("small", ON_ITS_WAY),
        Fetched("small", ARRIVED),
    ]


@pytest.mark.parametrize(
    ("how", "why"),
    [("differs", ("DOWNLOAD_DIFFERS", "404")), ("crashes", ("DOWNLOAD_FAILED", "exit 3"))],
)
async def test_what_will_not_get_better_is_tried_once(
    download: ModelDownload,
    shown: Shown,
    pauses: list[float],
    how: str,
    why: tuple[str, str],
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_DOWNLOAD", how)
        await download.run()
    failed = shown[-1]
    assert isinstance(failed, Failed)
    assert (failed.error.code, failed.error.params["detail"]) == why
    assert [type(each) for each in shown] == [Fetching, Fetching, Failed]
    assert pauses == []


async def test_it_cannot_be_started(
    download: ModelDownload, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(*_: object, **__: object) -> int:
        raise OSError("no more processes")

    monkeypatch.setattr(model_download, "run_module", run)
    await download.run()
    failed = shown[-1]
    assert isinstance(failed, Failed)
    assert failed.error.params["detail"] == "no more processes"


@pytest.mark.parametrize("how", ["unreachable", "refused"])
async def test_what_may_pass_is_tried_again(
    tmp_path: Path, shown: Shown, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    async def sleep(seconds: float) -> None:
        if len(failures(shown)) == 2:
            monkeypatch.setenv("FAKE_DOWNLOAD", "done")

    monkeypatch.setenv("FAKE_DOWNLOAD", how)
    await ModelDownload(MISSING, tmp_path, shown.append, sleep).run()
    assert len(failures(shown)) == 2
    assert shown[-1] == Fetched("small", ARRIVED)
    assert {each.error.code for each in failures(shown)} == {f"DOWNLOAD_{how.upper()}"}


async def test_pauses_grow_up_to_a_limit(
    download: ModelDownload, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(
        *_: object,
        events: EventReader[DownloadFailed],
        on_event: Callable[[DownloadFailed], None],
    ) -> int:
        if len(pauses) == 7:
            return 0
        params = {"model": "small", "source": "hub.example", "detail": ""}
        on_event(DownloadFailed("DOWNLOAD_STALLED", {**params}))
        return 1

    monkeypatch.setattr(model_download, "run_module", run)
    await download.run()
    assert pauses == [60, 120, 240, 480, 960, 1800, 1800]
