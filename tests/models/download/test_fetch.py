from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tests.models.download.servers import sent_in_all
from tests.support.hub import Faults, Hub, running_hub
from tests.support.published import REPOSITORY, content, publish, tiny
from voice_assistant import ROOT
from voice_assistant.errors import ModelError
from voice_assistant.messages import say
from voice_assistant.models.download.fetch import Fetch
from voice_assistant.models.download.offer import find_offers
from voice_assistant.models.download.partial import PartialFile
from voice_assistant.models.download.rate import FetchProgress
from voice_assistant.models.download.transfer import Patience
from voice_assistant.models.model import ModelFile
from voice_assistant.models.store import sha256

LONG = 10**9
# Longer pauses are for real networks.
PATIENCE = Patience(poll_s=0.02, most_pause_s=0.01)


@pytest.fixture
def second(served: Path) -> Iterator[Hub]:
    with running_hub(served) as hub:
        yield hub


def official(hub: Hub, name: str = "model.bin") -> str:
    return f"{hub.url}/files/{REPOSITORY}/{name}"


def fetch(
    folder: Path,
    *files: ModelFile,
    on_progress: Callable[[FetchProgress], None] = lambda _: None,
    patience: Patience = PATIENCE,
) -> list[str]:
    """Fetch, and return the sources of the offer that worked."""
    model = tiny(*files)
    offers = find_offers(model, "ctranslate2", "auto")
    work = Fetch(model, folder, on_progress, lambda: None, patience=patience)
    return list(work.run(offers).sources)


def refusal(folder: Path, *files: ModelFile, patience: Patience = PATIENCE) -> ModelError:
    """Why it failed; both locales have a sentence for it that names everything."""
    with pytest.raises(ModelError) as caught:
        fetch(folder, *files, patience=patience)
    error = caught.value
    assert say(error.code, "en", **error.params) != say(error.code, "zh", **error.params)
    return error


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".download.lock"}


def test_files_are_in_place_and_verified(target: Path, served: Path, hub: Hub) -> None:
    contents = {"model.bin": content("a", 700_000), "config.json": b"{}", "vocabulary.txt": b"a\nb"}
    files = [publish(served, name, data) for name, data in contents.items()]
    progress: list[FetchProgress] = []
    assert fetch(target.parent, *files, on_progress=progress.append) == ["modelscope"]
    assert {
        path.name: path.read_bytes() for path in target.parent.iterdir() if path.stat().st_size
    } == contents
    assert names(target.parent) == set(contents)
    done = [each.done for each in progress]
    assert done == sorted(done)
    assert (done[-1], progress[-1].percent) == (700_005, 100)


def test_the_folder_is_made(tmp_path: Path, file: ModelFile, hub: Hub) -> None:
    fetch(tmp_path / "new" / "tiny", file)
    assert sha256(tmp_path / "new" / "tiny" / "model.bin") == file.sha256


def test_what_is_there_is_not_fetched_again(target: Path, file: ModelFile, hub: Hub) -> None:
    fetch(target.parent, file)
    fetch(target.parent, file)
    assert hub.sent[file.name] == file.size


def test_a_damaged_file_of_the_right_size_is_replaced(
    target: Path, file: ModelFile, hub: Hub
) -> None:
    target.write_bytes(bytes(file.size))
    fetch(target.parent, file)
    assert sha256(target) == file.sha256


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such end of a process")
def test_killed_at_random_moments(tmp_path: Path, served: Path, hub: Hub) -> None:
    # Not so large that connections take over from each other: at the speed of loopback, what is in
    # the kernel then would be a good part of it.
    file = publish(served, "model.bin", content("large", 4_000_000))
    folder = tmp_path / "kept"
    hub.faults.rate = 40_000
    moments = [random.SystemRandom().uniform(0, 1) for _ in range(4)]
    for moment in moments:
        process = start(file, hub, folder)
        assert next(iter(process.stdout or [])) == "begun\n"
        time.sleep(moment)
        process.kill()
        process.communicate()
        assert names(folder) == {".model.bin.partial", ".model.bin.journal"}, moments
    hub.faults.rate = 0
    process = start(file, hub, folder)
    assert process.communicate()[0] == "begun\ndone\n", moments
    assert names(folder) == {"model.bin"}
    assert sha256(folder / "model.bin") == file.sha256
    assert hub.sent["model.bin"] <= 1.05 * file.size, moments


def test_two_at_once_fetch_it_once(tmp_path: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.rate = 200_000
    first = start(file, hub, tmp_path / "kept")
    assert next(iter(first.stdout or [])) == "begun\n"
    second = start(file, hub, tmp_path / "kept")
    assert next(iter(second.stdout or [])) == "waiting\n"
    assert [process.communicate()[0].split()[-1] for process in (first, second)] == ["done"] * 2
    assert [first.returncode, second.returncode] == [0, 0]
    assert hub.sent[file.name] <= 1.05 * file.size
    assert sha256(tmp_path / "kept" / "model.bin") == file.sha256


def start(file: ModelFile, hub: Hub, folder: Path) -> subprocess.Popen[str]:
    arguments = (file.name, str(file.size), file.sha256, official(hub), str(folder))
    return subprocess.Popen(
        [sys.executable, "-m", "tests.models.download.fetch_tiny", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_after_a_power_cut_it_goes_on_with_what_was_settled(
    target: Path, file: ModelFile, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = content("model", file.size)
    unfinished = PartialFile(target, file)
    unfinished.write(0, data[:500_000])
    unfinished.settle()
    # It was noted, but never got to the disk.
    unfinished.write(500_000, bytes(300_000))
    unfinished.close()
    began = psutil.boot_time()
    monkeypatch.setattr(psutil, "boot_time", lambda: began + 1000)
    fetch(target.parent, file)
    assert sha256(target) == file.sha256
    assert hub.sent[file.name] == file.size - 500_000


@pytest.mark.parametrize(
    "faults",
    [
        Faults(cut_after=100_000),
        Faults(cut_after=700_000),
        Faults(latency_s=0.05),
        Faults(no_hashes=True),
        Faults(no_ranges=True),
        Faults(no_ranges=True, no_hashes=True),
        Faults(no_hashes=True, cut_after=100_000, corrupt=1),
    ],
)
def test_it_comes_whatever_the_hub_does(
    target: Path, file: ModelFile, hub: Hub, faults: Faults
) -> None:
    hub.faults = faults
    fetch(target.parent, file)
    assert sha256(target) == file.sha256
    assert names(target.parent) == {"model.bin"}


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (Faults(status=403), "DOWNLOAD_REFUSED"),
        (Faults(status=404), "DOWNLOAD_REFUSED"),
        (Faults(status=500), "DOWNLOAD_REFUSED"),
        (Faults(corrupt=LONG, no_hashes=True), "DOWNLOAD_DAMAGED"),
        (Faults(corrupt=LONG), "DOWNLOAD_DAMAGED"),
        (Faults(corrupt=LONG, no_ranges=True), "DOWNLOAD_DAMAGED"),
    ],
)
def test_each_failure_has_its_sentence_and_leaves_no_bad_file(
    target: Path, file: ModelFile, hub: Hub, faults: Faults, code: str
) -> None:
    hub.faults = faults
    error = refusal(target.parent, file)
    assert (error.code, error.params["model"]) == (code, "tiny")
    assert str(error.params["source"]) in hub.url
    assert names(target.parent) == set()


def test_a_stall_has_its_sentence(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.stall_after = 0
    patience = replace(PATIENCE, idle_s=0.2)
    assert refusal(target.parent, file, patience=patience).code == "DOWNLOAD_STALLED"
    assert names(target.parent) == set()


@pytest.mark.parametrize("change", [{"size": 1_200_002}, {"size": 5}, {"sha256": "a" * 64}])
def test_another_file_is_not_used(
    target: Path, file: ModelFile, hub: Hub, change: dict[str, object]
) -> None:
    assert refusal(target.parent, replace(file, **change)).code == "DOWNLOAD_DIFFERS"  # type: ignore[arg-type]
    assert names(target.parent) == set()


def test_another_file_of_the_same_size_and_no_hashes(
    target: Path, file: ModelFile, hub: Hub
) -> None:
    hub.faults.no_hashes = True
    assert refusal(target.parent, replace(file, sha256="a" * 64)).code == "DOWNLOAD_DAMAGED"
    assert names(target.parent) == set()


def test_nobody_there(target: Path, file: ModelFile) -> None:
    error = refusal(target.parent, file)
    assert (error.code, error.params["source"]) == ("DOWNLOAD_UNREACHABLE", "127.0.0.1:9")


@pytest.mark.parametrize("no_ranges", [False, True])
@pytest.mark.parametrize("no_hashes", [False, True])
def test_bytes_that_were_changed_once_are_fetched_again(
    target: Path, file: ModelFile, hub: Hub, no_ranges: bool, no_hashes: bool
) -> None:
    hub.faults = Faults(corrupt=1, no_ranges=no_ranges, no_hashes=no_hashes)
    fetch(target.parent, file)
    assert sha256(target) == file.sha256


def test_bytes_that_are_always_changed_come_from_the_second_source(
    target: Path, file: ModelFile, hub: Hub, second: Hub
) -> None:
    hub.faults.corrupt = LONG
    both = ["modelscope", "official"]
    assert fetch(target.parent, replace(file, url=official(second))) == both
    assert sha256(target) == file.sha256
    assert (hub.sent[file.name], second.sent[file.name]) == (file.size, file.size)


@pytest.mark.parametrize("status", [404, 500])
def test_the_second_source_goes_on_where_the_first_one_stopped(
    target: Path, file: ModelFile, hub: Hub, second: Hub, status: int
) -> None:
    hub.faults.rate = 1_000_000

    def give_up(progress: FetchProgress) -> None:
        if progress.done > 400_000:
            hub.faults.cut_after, hub.faults.status = 1, status

    fetch(target.parent, replace(file, url=official(second)), on_progress=give_up)
    assert sha256(target) == file.sha256
    # The hub counts what it handed to the network, a little of which got lost.
    lost = 0.05 * file.size
    assert hub.sent[file.name] > 400_000
    assert hub.sent[file.name] + second.sent[file.name] <= file.size + lost


def test_the_error_is_that_of_the_first_source(
    target: Path, file: ModelFile, hub: Hub, second: Hub
) -> None:
    second.faults.status = 404
    error = refusal(target.parent, replace(file, sha256="a" * 64, url=official(second)))
    assert (error.code, error.params["source"]) == ("DOWNLOAD_DIFFERS", hub.url[len("http://") :])


def test_the_error_is_that_of_the_first_form(
    target: Path, served: Path, file: ModelFile, hub: Hub
) -> None:
    checkpoint = replace(publish(served, "tiny.pt", b"checkpoint"), sha256="a" * 64)
    model = replace(tiny(replace(file, name="gone.bin")), checkpoint=checkpoint)
    offers = find_offers(model, "ctranslate2", "auto")
    with pytest.raises(ModelError) as caught:
        Fetch(model, target.parent, lambda _: None, lambda: None).run(offers)
    assert caught.value.code == "DOWNLOAD_REFUSED"
    assert names(target.parent) == set()


def test_a_second_form_is_fetched_where_the_first_one_cannot_be_had(
    target: Path, served: Path, file: ModelFile, hub: Hub
) -> None:
    gone = replace(file, name="gone.bin")
    checkpoint = publish(served, "tiny.pt", content("checkpoint", 1000))
    model = replace(tiny(gone), checkpoint=checkpoint)
    offers = find_offers(model, "ctranslate2", "auto")
    used = Fetch(model, target.parent, lambda _: None, lambda: None).run(offers)
    assert used.form == "checkpoint"
    assert names(target.parent) == {"tiny.pt"}


def test_a_disk_that_is_too_small_is_told_before_the_first_byte(
    target: Path, file: ModelFile, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=file.size))
    error = refusal(target.parent, file)
    assert (error.code, error.params["folder"]) == ("DISK_FULL", str(target.parent))
    assert float(error.params["need_mb"]) > file.size / 1e6
    assert hub.connections == 0
    assert names(target.parent) == set()


def test_what_is_there_needs_no_space(
    target: Path, file: ModelFile, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = PartialFile(target, file)
    unfinished.write(0, content("model", file.size)[:-1])
    unfinished.close()
    spare = 50_000_000
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=spare + 1))
    fetch(target.parent, file)
    assert sha256(target) == file.sha256


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_keeps_what_came(
    target: Path, file: ModelFile, hub: Hub, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    write = PartialFile.write

    def full(self: PartialFile, offset: int, data: bytes | bytearray) -> None:
        if self.done > 500_000:
            raise OSError(number, os.strerror(number))
        write(self, offset, data)

    hub.faults.rate = 2_000_000
    with monkeypatch.context() as patch:
        patch.setattr(PartialFile, "write", full)
        assert refusal(target.parent, file).code == "DISK_FULL"
    sent = sent_in_all(hub, file.name)
    hub.faults.rate = 0
    fetch(target.parent, file)
    assert sha256(target) == file.sha256
    assert hub.sent[file.name] - sent <= file.size - 500_000


def test_a_folder_that_cannot_be_made(tmp_path: Path, file: ModelFile, hub: Hub) -> None:
    (tmp_path / "taken").write_bytes(b"")
    error = refusal(tmp_path / "taken" / "tiny", file)
    assert error.code == "DOWNLOAD_FAILED"
    assert "taken" in str(error.params["detail"])
