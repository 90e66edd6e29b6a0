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
from voice_assistant.models.custom import read_custom
from voice_assistant.models.known import BUILT_IN, MODELS
from voice_assistant.models.model import ModelFile
from voice_assistant.models.store import is_here
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


def describe(monkeypatch: pytest.MonkeyPatch, folder: Path, checkpoint: Path) -> None:
    """Have a model `mine`, like base, with this checkpoint: here and in what is run."""
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
    models = {**MODELS, **read_custom(about, BUILT_IN)}
    for module in (
        "assistant.better_model.conversion",
        "choice.choose",
        "assistant.better_model.offer",
        "models.store",
    ):
        monkeypatch.setattr(f"voice_assistant.{module}.MODELS", models)


def test_nothing_to_convert(settings: MakeSettings) -> None:
    assert ModelConversion(settings()).find() is None
    assert ModelConversion(settings(model="medium")).find() is None
    assert ModelConversion(settings(model="huge")).find() is None


def test_the_model_that_is_wanted(settings: MakeSettings) -> None:
    chosen = settings(model="medium")
    put(chosen, MODELS["medium"].checkpoint)
    assert ModelConversion(chosen).find() == "medium"


def test_without_a_wish_only_what_the_processor_may_run(settings: MakeSettings) -> None:
    chosen = settings()
    put(chosen, MODELS["medium"].checkpoint)
    assert ModelConversion(chosen).find() is None
    put(chosen, MODELS["small"].checkpoint)
    assert ModelConversion(chosen).find() == "small"


def test_torch_reads_checkpoints_as_they_are(settings: MakeSettings) -> None:
    chosen = settings(model="small", engine="torch")
    put(chosen, MODELS["small"].checkpoint)
    assert ModelConversion(chosen).find() is None


def test_a_checkpoint_that_is_still_being_copied_is_left_alone(settings: MakeSettings) -> None:
    chosen = settings(model="small")
    put(chosen, replace(MODELS["small"].checkpoint, size=1000))
    assert ModelConversion(chosen).find() is None


def test_what_is_here_for_the_processor_needs_none(settings: MakeSettings) -> None:
    chosen = settings(model="small")
    put(chosen, MODELS["small"].checkpoint)
    (chosen.model_dir / "small").mkdir()
    for file in MODELS["small"].files:
        put(chosen, replace(file, name=f"small/{file.name}"))
    assert ModelConversion(chosen).find() is None


async def test_one_that_fails_is_not_tried_again_until_it_changes(
    settings: MakeSettings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    chosen = settings(model="mine")
    path = put(chosen, ModelFile("mine.pt", 1000, ""))
    describe(monkeypatch, tmp_path, path)
    path.write_bytes(b"x" * 1000)
    conversion = ModelConversion(chosen)
    assert conversion.find() == "mine"
    error = await conversion.run("mine")
    assert error is not None
    assert (error.code, error.params) == ("MODEL_DAMAGED", {"model": "mine", "file": str(path)})
    assert "conversion of mine: MODEL_DAMAGED" in caplog.text
    assert conversion.find() is None
    os.utime(path, (1, 1))
    assert conversion.find() == "mine"


async def test_one_that_cannot_be_started(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def run(*_: object, **__: object) -> int:
        raise OSError("no more processes")

    monkeypatch.setattr(model_conversion, "run_module", run)
    chosen = settings(model="small")
    put(chosen, MODELS["small"].checkpoint)
    conversion = ModelConversion(chosen)
    await conversion.run("small")
    assert "no more processes" in caplog.text
    assert conversion.find() is None


# The conversion yields to everything else that runs here.
@pytest.mark.timeout(600)
async def test_a_checkpoint_is_converted_once_and_taken_up(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model_dir: Path
) -> None:
    """The real command, with base's weights under another name; the service speaks meanwhile."""
    chosen = settings(model="mine", device="cpu")
    chosen.model_dir.mkdir()
    path = chosen.model_dir / "mine.pt"
    write_checkpoint(path, base_tensors(model_dir), MODELS["base"].dimensions)
    describe(monkeypatch, tmp_path, path)
    monkeypatch.setattr("voice_assistant.assistant.better_model.offer._LOOK_S", 0.05)

    def choose_or_fake() -> Choice:
        found = choose(chosen)
        if all(each.model == "base" for each in found.configs):
            return Choice([config()], found.refused)
        return found

    process = SpeechProcess(choose_or_fake, -1)
    queue = Recordings(process, 4)
    fetch = ModelFetch(chosen, process)
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
    [mine] = read_custom(tmp_path / "models.toml", BUILT_IN).values()
    assert is_here(mine, "ctranslate2", chosen.model_dir)
