from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.app import MakeSettings
from tests.support.base_weights import base_tensors
from tests.support.checkpoint_file import write_checkpoint
from tests.support.speech_process import config, say, worker
from voice_assistant.assistant.better_model import conversion as model_conversion
from voice_assistant.assistant.better_model.conversion import ModelConversion
from voice_assistant.assistant.better_model.offer import ModelFetch
from voice_assistant.choice.choose import choose
from voice_assistant.choice.surroundings import NO_CARDS, look_around
from voice_assistant.errors import ModelError
from voice_assistant.models.known import built_in, find_models
from voice_assistant.models.model import ModelFile
from voice_assistant.settings import Settings
from voice_assistant.speech.config import Choice
from voice_assistant.speech.service.process import SpeechProcess
from voice_assistant.speech.service.recordings import Recordings

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _own_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("MODELSCOPE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "caches"))


@pytest.fixture
def settings(make_settings: MakeSettings) -> MakeSettings:
    return lambda **values: make_settings(**{"engine": "auto", **values})


def put(settings: Settings, file: ModelFile) -> Path:
    """A file of that name and size."""
    settings.model_dir.mkdir(exist_ok=True)
    path = settings.model_dir / file.name
    with path.open("wb") as stream:
        stream.truncate(file.size)
    return path


def found(settings: Settings, conversion: ModelConversion | None = None) -> str | None:
    """What would be converted."""
    here = look_around(settings, find_models(settings.models_file), NO_CARDS)
    return (conversion or ModelConversion(settings)).find(here)


async def converted(
    conversion: ModelConversion, name: str, settings: Settings
) -> ModelError | None:
    here = look_around(settings, find_models(settings.models_file), NO_CARDS)
    return await conversion.run(name, here)


def describe(monkeypatch: pytest.MonkeyPatch, folder: Path, checkpoint: Path) -> Path:
    """Describe a model `mine`, like base, with this checkpoint, for what is run as well."""
    about = folder / "models.toml"
    digest = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    about.write_text(
        f"""
[[model]]
name = "mine"
like = "base"
[[model.file]]
name = "{checkpoint.name}"
size = {checkpoint.stat().st_size}
sha256 = "{digest}"
url = "https://models.invalid/{checkpoint.name}"
""",
        encoding="utf-8",
    )
    monkeypatch.setenv("VOICE_MODELS_FILE", str(about))
    return about


def test_nothing_to_convert(settings: MakeSettings) -> None:
    assert found(settings()) is None
    assert found(settings(model="medium")) is None
    assert found(settings(model="huge")) is None


def test_the_model_that_is_wanted(settings: MakeSettings) -> None:
    chosen = settings(model="medium")
    put(chosen, built_in()["medium"].checkpoint)
    assert found(chosen) == "medium"


def test_without_a_wish_only_what_the_processor_may_run(settings: MakeSettings) -> None:
    chosen = settings()
    put(chosen, built_in()["medium"].checkpoint)
    assert found(chosen) is None
    put(chosen, built_in()["small"].checkpoint)
    assert found(chosen) == "small"


def test_torch_reads_checkpoints_as_they_are(settings: MakeSettings) -> None:
    chosen = settings(model="small", engine="torch")
    put(chosen, built_in()["small"].checkpoint)
    assert found(chosen) is None


def test_a_checkpoint_that_is_still_being_copied_is_left_alone(settings: MakeSettings) -> None:
    chosen = settings(model="small")
    put(chosen, replace(built_in()["small"].checkpoint, size=1000))
    assert found(chosen) is None


def test_what_is_here_for_the_processor_needs_none(settings: MakeSettings) -> None:
    chosen = settings(model="small")
    put(chosen, built_in()["small"].checkpoint)
    (chosen.model_dir / "small").mkdir()
    for file in built_in()["small"].files:
        put(chosen, replace(file, name=f"small/{file.name}"))
    assert found(chosen) is None


async def test_one_that_fails_is_not_tried_again_until_it_changes(
    settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    path = put(settings(), ModelFile("mine.pt", 1000, ""))
    chosen = settings(model="mine", models_file=describe(monkeypatch, tmp_path, path))
    path.write_bytes(b"x" * 1000)
    conversion = ModelConversion(chosen)
    assert found(chosen, conversion) == "mine"
    error = await converted(conversion, "mine", chosen)
    assert error is not None
    assert (error.code, error.params) == ("MODEL_DAMAGED", {"model": "mine", "file": str(path)})
    assert "conversion of mine: MODEL_DAMAGED" in caplog.text
    assert found(chosen, conversion) is None
    os.utime(path, (1, 1))
    assert found(chosen, conversion) == "mine"


async def test_one_that_cannot_be_started(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def run(*_: object, **__: object) -> int:
        raise OSError("no more processes")

    monkeypatch.setattr(model_conversion, "run_module", run)
    chosen = settings(model="small")
    put(chosen, built_in()["small"].checkpoint)
    conversion = ModelConversion(chosen)
    await converted(conversion, "small", chosen)
    assert "no more processes" in caplog.text
    assert found(chosen, conversion) is None


# The conversion yields to everything else that runs here.
@pytest.mark.timeout(600)
async def test_a_checkpoint_is_converted_once_and_taken_up(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model_dir: Path
) -> None:
    """The real command, with base's weights under another name; the service speaks meanwhile."""
    folder = settings().model_dir
    folder.mkdir()
    path = folder / "mine.pt"
    write_checkpoint(path, base_tensors(model_dir), built_in()["base"].dimensions)
    about = describe(monkeypatch, tmp_path, path)
    chosen = settings(model="mine", device="cpu", models_file=about)
    models = find_models(about)

    def choose_or_fake() -> Choice:
        choice = choose(chosen, look_around(chosen, models, NO_CARDS))
        if all(each.model.name == "base" for each in choice.configs):
            return Choice([config()], choice.refused)
        return choice

    process = SpeechProcess(choose_or_fake, -1)
    queue = Recordings(process, 4)
    fetch = ModelFetch(chosen, process, models, poll_s=0.05)
    try:
        await process.until_ready()
        assert process.fallback is not None
        assert process.fallback.code == "MODEL_ABSENT"
        before = worker(process).pid
        fetch.start()
        while process.generation == 1:
            assert await say(queue) == "打开计算器"
            await asyncio.sleep(0.5)  # the conversion gets only what is left of the processor
        assert worker(process).pid != before
        assert process.info is not None
        assert process.info.model == "mine"
    finally:
        await fetch.stop()
        await process.stop()
    assert look_around(chosen, models, NO_CARDS).has("mine", "ctranslate2")
