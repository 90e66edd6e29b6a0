from __future__ import annotations

import json
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import MakeSettings
from tests.support.speech_process import config, is_gone, worker
from tests.support.surroundings import TORCH, card, surroundings
from tests.support.waiting import eventually
from voice_assistant.assistant.better_model import download as model_download
from voice_assistant.assistant.better_model.conversion import ModelConversion
from voice_assistant.assistant.better_model.offer import ModelFetch
from voice_assistant.assistant.better_model.states import FetchStatus, Undecided
from voice_assistant.choice.surroundings import Cards, Look, Surroundings, look_around
from voice_assistant.errors import ModelError
from voice_assistant.models import on_disk
from voice_assistant.models.known import built_in
from voice_assistant.models.model import ModelFile
from voice_assistant.models.places import find_checkpoint
from voice_assistant.processes.helper import run_module
from voice_assistant.settings import Settings
from voice_assistant.speech.config import Choice
from voice_assistant.speech.service.process import SpeechProcess

pytestmark = pytest.mark.anyio

SMALL = built_in()["small"]


@pytest.fixture(autouse=True)
def _without_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is here, and what would be fetched is not."""

    async def run(module: str, *arguments: str, **reading: Any) -> int:
        assert module == "voice_assistant.downloader"
        return await run_module("tests.api.fake_downloader", *arguments, **reading)

    monkeypatch.setattr(model_download, "run_module", run)
    monkeypatch.setenv("FAKE_DOWNLOAD", "done")
    for variable in ("MODELSCOPE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "caches"))


@pytest.fixture
def settings(make_settings: MakeSettings) -> MakeSettings:
    """Those of a computer without a card, which is to have small."""
    return lambda **values: make_settings(**{"engine": "ctranslate2", "model": "small", **values})


class Polls:
    """Reads the disk as the service does, and counts how often that has begun."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, *arguments: Any) -> Surroundings:
        self.count += 1
        return look_around(*arguments)

    async def are_over(self, number: int = 2) -> None:
        """Wait until so many have begun: all but the last are over, and have had their effect."""
        enough = self.count + number
        await eventually(lambda: self.count >= enough)


@pytest.fixture
def polls() -> Polls:
    return Polls()


def base() -> Choice:
    return Choice([config()])


@asynccontextmanager
async def watching(
    settings: Settings, look: Look = look_around, choose: Callable[[], Choice] = base
) -> AsyncIterator[tuple[ModelFetch, SpeechProcess]]:
    """It watches for a better model beside a speech process that has base."""
    process = SpeechProcess(choose, -1)
    fetch = ModelFetch(settings, process, built_in(), look, poll_s=0.02)
    fetch.start()
    try:
        yield fetch, process
    finally:
        await fetch.stop()
        await process.stop()


async def decides(fetch: ModelFetch) -> None:
    """Wait until it is known whether there is a better model."""
    await eventually(lambda: fetch.state != Undecided())


async def reaches(fetch: ModelFetch, state: str) -> None:
    await eventually(lambda: fetch.status.state == state)


@pytest.fixture
def renewed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the speech process was like whenever it was told to change to a better model."""
    calls: list[str] = []
    renew = SpeechProcess.renew

    async def note_and_renew(process: SpeechProcess) -> None:
        calls.append(process.status)
        await renew(process)

    monkeypatch.setattr(SpeechProcess, "renew", note_and_renew)
    return calls


def runs(settings: Settings) -> list[str]:
    """The command lines of the downloads so far."""
    path = settings.model_dir / "runs"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line.partition(" ")[2] for line in lines]


def answers(settings: Settings) -> Any:
    path = settings.model_dir / "answers.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def put(folder: Path, *files: ModelFile) -> None:
    """Files of the right sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        with (folder / file.name).open("wb") as stream:
            stream.truncate(file.size)


async def test_what_is_missing_is_offered_and_nothing_is_fetched(settings: MakeSettings) -> None:
    chosen = settings()
    async with watching(chosen) as (fetch, _):
        assert fetch.status == FetchStatus()
        await reaches(fetch, "offered")
        size = sum(file.size for file in SMALL.files)
        assert fetch.status == FetchStatus("offered", "small", size)
    assert runs(chosen) == []


async def test_yes(settings: MakeSettings) -> None:
    chosen = settings()
    async with watching(chosen) as (fetch, _):
        await reaches(fetch, "offered")
        fetch.answer(agreed=True)
        during = fetch.status.state
        fetch.answer(agreed=True)
        assert (during, fetch.status.state) == ("fetching", "fetching")
        await reaches(fetch, "fetched")
        assert (fetch.status.done, fetch.status.rate) == (50_000_000, 25e6)
        fetch.answer(agreed=False)
        assert fetch.status.state == "fetched"
    assert runs(chosen) == ["--model small --json --dir"]
    assert answers(chosen) == {"small": True}


async def test_no_and_then_yes(settings: MakeSettings) -> None:
    chosen = settings()
    async with watching(chosen) as (fetch, _):
        await reaches(fetch, "offered")
        fetch.answer(agreed=False)
        assert fetch.status.state == "declined"
        assert (runs(chosen), answers(chosen)) == ([], {"small": False})
        fetch.answer(agreed=True)
        await reaches(fetch, "fetched")
    assert answers(chosen) == {"small": True}


@pytest.mark.parametrize(("agreed", "state"), [(True, "fetched"), (False, "declined")])
async def test_nobody_is_asked_twice(settings: MakeSettings, agreed: bool, state: str) -> None:
    chosen = settings()
    chosen.model_dir.mkdir()
    (chosen.model_dir / "answers.json").write_text(json.dumps({"small": agreed}))
    async with watching(chosen) as (fetch, _):
        await reaches(fetch, state)
    assert len(runs(chosen)) == agreed


@pytest.mark.parametrize(("download", "state"), [("yes", "fetched"), ("no", "declined")])
async def test_the_settings_answer(settings: MakeSettings, download: str, state: str) -> None:
    chosen = settings(download=download)
    async with watching(chosen) as (fetch, _):
        await reaches(fetch, state)
    assert answers(chosen) == {}


async def test_an_answer_to_no_question(settings: MakeSettings) -> None:
    chosen = settings(model="base")
    async with watching(chosen) as (fetch, process):
        fetch.answer(agreed=True)
        await process.until_ready()
        await decides(fetch)
        fetch.answer(agreed=True)
        assert fetch.status == FetchStatus()
    assert (runs(chosen), answers(chosen)) == ([], {})


async def test_names_that_nobody_knows(settings: MakeSettings) -> None:
    async with watching(settings(model="huge")) as (fetch, _):
        await decides(fetch)
        assert fetch.status == FetchStatus()


@pytest.mark.parametrize(("delay_s", "state"), [("0", "offered"), ("0.15", "none")])
async def test_only_a_quick_computer_is_offered_small(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, delay_s: str, state: str
) -> None:
    monkeypatch.setenv("VOICE_FAKE_DELAY_S", delay_s)
    async with watching(settings(model="auto")) as (fetch, _):
        await decides(fetch)
        assert fetch.status.state == state


async def test_what_goes_wrong_is_kept_and_can_be_tried_again(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_DOWNLOAD", "refused")
    chosen = settings(download="yes")
    async with watching(chosen) as (fetch, process):
        await reaches(fetch, "failed")
        assert fetch.status.error is not None
        assert (fetch.status.error.code, fetch.status.error.params["detail"]) == (
            "DOWNLOAD_REFUSED",
            "404",
        )
        assert process.status == "ready"
        monkeypatch.setenv("FAKE_DOWNLOAD", "done")
        fetch.answer(agreed=True)
        assert fetch.status.error is None
        await reaches(fetch, "fetched")


async def test_who_has_had_enough_stops_the_download_and_may_go_on_with_it(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_DOWNLOAD", "hangs")
    chosen = settings()
    async with watching(chosen) as (fetch, _):
        await reaches(fetch, "offered")
        fetch.answer(agreed=True)
        await eventually(lambda: fetch.status.done > 0)
        pid = int((chosen.model_dir / "runs").read_text(encoding="utf-8").split()[0])
        fetch.answer(agreed=False)
        assert fetch.status.state == "declined"
        await eventually(lambda: is_gone(pid))
        assert (fetch.status.state, answers(chosen)) == ("declined", {"small": False})
        monkeypatch.setenv("FAKE_DOWNLOAD", "done")
        fetch.answer(agreed=True)
        await reaches(fetch, "fetched")
    assert answers(chosen) == {"small": True}


async def test_stopping_ends_the_download(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_DOWNLOAD", "hangs")
    chosen = settings(download="yes")
    async with watching(chosen) as (fetch, _):
        await eventually(lambda: fetch.status.done > 0)
        pid = int((chosen.model_dir / "runs").read_text(encoding="utf-8").split()[0])
        assert not is_gone(pid)
    assert is_gone(pid)


async def test_a_model_that_somebody_puts_there_is_taken_up(
    settings: MakeSettings, polls: Polls, renewed: list[str]
) -> None:
    chosen = settings()
    async with watching(chosen, polls) as (fetch, _):
        await reaches(fetch, "offered")
        *most, last = SMALL.files
        put(chosen.model_dir / "small", *most)
        await polls.are_over()
        assert renewed == []
        put(chosen.model_dir / "small", last)
        await eventually(lambda: renewed)
        assert fetch.status.state == "fetched"
        await polls.are_over()
        assert renewed == ["ready"]


async def test_a_checkpoint_counts_when_all_of_it_is_there(
    settings: MakeSettings, polls: Polls, renewed: list[str]
) -> None:
    chosen = settings(engine="torch", device="cpu")
    async with watching(chosen, polls) as (fetch, _):
        await reaches(fetch, "offered")
        put(chosen.model_dir, ModelFile("small.pt", 1000, ""))
        await polls.are_over()
        assert renewed == []
        put(chosen.model_dir, SMALL.checkpoint)
        await eventually(lambda: renewed == ["ready"])


async def test_files_that_come_while_a_model_loads_are_not_forgotten(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, polls: Polls, renewed: list[str]
) -> None:
    chosen = settings()
    choices = [config()]
    async with watching(chosen, polls, lambda: Choice(choices)) as (fetch, process):
        await reaches(fetch, "offered")
        choices.insert(0, config(model="small"))
        loading = [True]
        status = SpeechProcess.status.fget  # type: ignore[attr-defined]
        monkeypatch.setattr(
            SpeechProcess, "status", property(lambda it: "loading" if loading else status(it))
        )
        put(chosen.model_dir / "small", *SMALL.files)
        await polls.are_over()
        assert (renewed, process.generation) == ([], 1)
        loading.clear()
        await eventually(lambda: process.generation == 2)
        assert process.info is not None
        assert process.info.model == "small"


async def test_a_folder_that_cannot_be_read_for_a_while(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, polls: Polls, renewed: list[str]
) -> None:
    find, broken = find_checkpoint, [True]

    def find_or_fail(*arguments: Any) -> Path | None:
        if broken:
            raise PermissionError("not now")
        return find(*arguments)

    chosen = settings(model="base")
    put(chosen.model_dir / "medium", *built_in()["medium"].files)
    choices = [config()]
    async with watching(chosen, polls, lambda: Choice(choices)) as (fetch, process):
        await decides(fetch)
        await polls.are_over()
        monkeypatch.setattr(on_disk, "find_checkpoint", find_or_fail)
        await polls.are_over()
        assert renewed == []
        broken.clear()
        choices.insert(0, config(model="small"))
        put(chosen.model_dir / "small", *SMALL.files)
        await eventually(lambda: process.generation == 2)


async def test_a_checkpoint_that_will_be_converted_is_not_fetched_again(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, polls: Polls
) -> None:
    chosen = settings()
    put(chosen.model_dir, SMALL.checkpoint)
    converted: list[str] = []

    async def convert(conversion: ModelConversion, name: str, here: Surroundings) -> None:
        converted.append(name)
        put(chosen.model_dir / "small", *SMALL.files)

    found = threading.Event()

    def look(settings: Settings, models: object, cards: Cards | None) -> Surroundings:
        here = polls(settings, models, cards)
        if cards is None:  # the search, which takes as long as the driver takes
            found.wait(60)
        return here

    monkeypatch.setattr(ModelConversion, "run", convert)
    async with watching(chosen, look) as (fetch, process):
        await process.until_ready()
        await polls.are_over(3)
        too_early = [*converted]
        found.set()
        await eventually(lambda: converted)
        assert too_early == []
        assert (fetch.status.state, fetch.status.model) == ("fetched", "small")
        await polls.are_over(3)  # the disk is read once more after a conversion
        assert converted == ["small"]


@pytest.fixture
def _damaged_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a conversion end with a checkpoint that is damaged, once."""
    errors = [ModelError("MODEL_DAMAGED", model="small", file="small.pt")]

    async def run(conversion: ModelConversion, name: str, here: Surroundings) -> ModelError | None:
        return errors.pop() if errors else None

    monkeypatch.setattr(ModelConversion, "run", run)


@pytest.mark.usefixtures("_damaged_checkpoint")
async def test_a_checkpoint_that_is_damaged_is_offered_after_all(settings: MakeSettings) -> None:
    chosen = settings()
    put(chosen.model_dir, SMALL.checkpoint)
    async with watching(chosen) as (fetch, _):
        await reaches(fetch, "failed")
        assert fetch.status.error is not None
        assert fetch.status.error.code == "MODEL_DAMAGED"
        assert runs(chosen) == []
        fetch.answer(agreed=True)
        await reaches(fetch, "fetched")
        assert len(runs(chosen)) == 1


@pytest.mark.usefixtures("_damaged_checkpoint")
async def test_a_checkpoint_that_is_damaged_is_fetched_for_who_has_agreed(
    settings: MakeSettings,
) -> None:
    chosen = settings(download="yes")
    put(chosen.model_dir, SMALL.checkpoint)
    async with watching(chosen) as (fetch, _):
        await eventually(lambda: runs(chosen))
        await reaches(fetch, "fetched")
        assert fetch.status.error is None


@pytest.mark.parametrize("attribute", ["problem", "fallback"])
async def test_what_cannot_be_loaded_since_it_is_damaged_is_offered(
    settings: MakeSettings, attribute: str
) -> None:
    chosen = settings()
    put(chosen.model_dir / "small", *SMALL.files)
    damaged = ModelError("MODEL_DAMAGED", model="small", file="model.bin")

    def choose() -> Choice:
        if attribute == "problem":
            raise damaged
        return Choice([config()], damaged)

    async with watching(chosen, choose=choose) as (fetch, process):
        await reaches(fetch, "offered")
        assert getattr(process, attribute) is damaged
        assert fetch.status.model == "small"


async def test_nothing_is_offered_for_a_card_that_torch_cannot_use(
    settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(engine="auto", model="auto")
    here = [surroundings(card(8))]

    def look(settings: Settings, models: object, cards: Cards | None = None) -> Surroundings:
        return here[-1] if cards is None else replace(here[-1], cards=cards[1])

    async with watching(chosen, look) as (fetch, process):
        await reaches(fetch, "offered")
        assert fetch.status.model == "large-v3-turbo"

        async def renew() -> None:
            unusable = ModelError("GPU_UNUSABLE", detail="no driver")
            monkeypatch.setattr(SpeechProcess, "fallback", unusable)

        monkeypatch.setattr(process, "renew", renew)
        here.append(surroundings(card(8), torch=TORCH))
        await eventually(lambda: fetch.status.model != "large-v3-turbo")


async def test_a_file_that_takes_the_place_of_a_damaged_one_is_taken_up(
    settings: MakeSettings, polls: Polls, renewed: list[str]
) -> None:
    chosen = settings()
    put(chosen.model_dir / "small", *SMALL.files)
    async with watching(chosen, polls) as (fetch, _):
        await decides(fetch)
        await polls.are_over()
        assert renewed == []
        os.utime(chosen.model_dir / "small" / "model.bin", (1, 1))
        await eventually(lambda: renewed)


async def test_who_wants_to_know_is_told_once(settings: MakeSettings) -> None:
    told: list[FetchStatus] = []
    async with watching(settings()) as (fetch, _):
        fetch.on_offer(told.append)
        await reaches(fetch, "offered")
        await eventually(lambda: told)
        assert [status.state for status in told] == ["offered"]
        fetch.answer(agreed=True)
        await reaches(fetch, "fetched")
        assert len(told) == 1


async def test_who_asks_late_is_told_too(settings: MakeSettings) -> None:
    told: list[FetchStatus] = []
    async with watching(settings()) as (fetch, _):
        await decides(fetch)
        fetch.on_offer(told.append)
        assert [status.model for status in told] == ["small"]


async def test_nobody_is_told_of_what_was_declined(settings: MakeSettings) -> None:
    told: list[FetchStatus] = []
    async with watching(settings(download="no")) as (fetch, _):
        fetch.on_offer(told.append)
        await decides(fetch)
        assert told == []


async def test_where_nothing_can_be_loaded_a_model_is_offered_all_the_more(
    settings: MakeSettings,
) -> None:
    def nothing() -> Choice:
        raise ModelError("MODEL_MISSING", model="small")

    async with watching(settings(), choose=nothing) as (fetch, process):
        await reaches(fetch, "offered")
        assert process.status == "failed"


async def test_the_fake_engine_is_never_offered_anything(
    settings: MakeSettings, polls: Polls
) -> None:
    async with watching(settings(engine="fake", download="yes"), polls) as (fetch, process):
        await process.until_ready()
        assert worker(process)
        assert (polls.count, fetch.state) == (0, Undecided())
