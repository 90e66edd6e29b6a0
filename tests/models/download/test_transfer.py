from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.models.download.servers import sent_in_all
from tests.support.hub import Hub, running_hub
from tests.support.published import REPOSITORY
from voice_assistant.models.download import transfer as transfer_module
from voice_assistant.models.download.connection import SourceError
from voice_assistant.models.download.partial import PartialFile
from voice_assistant.models.download.route import Route
from voice_assistant.models.download.source import Source
from voice_assistant.models.download.transfer import Patience, Transfer
from voice_assistant.models.model import ModelFile

PATIENCE = Patience(idle_s=0.3, poll_s=0.02, most_pause_s=0.01)


@dataclass
class Run:
    """One transfer.

    Attributes:
        missing: ranges that did not come.
        sha256: of what came.
        progress: that was reported.
    """

    missing: list[tuple[int, int]] = field(default_factory=list)
    sha256: str = ""
    progress: list[int] = field(default_factory=list)


def source(hub: Hub) -> Source:
    return Source("official", f"{hub.url}/files/{REPOSITORY}/model.bin")


def transfer(target: Path, file: ModelFile, *hubs: Hub, connections: int = 4) -> Run:
    sources = [source(hub) for hub in hubs]
    run = Run()
    with closing(PartialFile(target, file)) as partial:
        work = Transfer(
            *(file, partial, sources, run.progress.append),
            connections=connections,
            patience=PATIENCE,
        )
        try:
            work.run()
        finally:
            run.missing, run.sha256 = partial.missing(), partial.sha256()
    return run


def there(target: Path, file: ModelFile) -> int:
    with closing(PartialFile(target, file)) as partial:
        return partial.done


def transfer_part(
    target: Path, file: ModelFile, hub: Hub, *, least: int = 300_000, patience: Patience = PATIENCE
) -> None:
    """Press Ctrl-C once a part is there."""

    def interrupt(done: int) -> None:
        if done > least:
            raise KeyboardInterrupt

    with closing(PartialFile(target, file)) as partial, pytest.raises(KeyboardInterrupt):
        Transfer(file, partial, [source(hub)], interrupt, connections=4, patience=patience).run()


def put(target: Path, file: ModelFile, data: bytes, *ranges: tuple[int, int]) -> None:
    with closing(PartialFile(target, file)) as partial:
        for start, end in ranges:
            partial.write(start, data[start:end])


def fault(target: Path, file: ModelFile, *hubs: Hub) -> str:
    with pytest.raises(SourceError) as caught:
        transfer(target, file, *hubs)
    return caught.value.fault


@pytest.fixture
def second(served: Path) -> Iterator[Hub]:
    with running_hub(served) as hub:
        yield hub


@pytest.fixture
def data(served: Path, file: ModelFile) -> bytes:
    return (served / REPOSITORY / file.name).read_bytes()


def test_it_all_comes_once(target: Path, file: ModelFile, hub: Hub) -> None:
    run = transfer(target, file, hub)
    assert (run.missing, run.sha256) == ([], file.sha256)
    assert hub.sent[file.name] == file.size
    assert run.progress[-1] == file.size
    assert run.progress == sorted(run.progress)


def test_several_connections_share_the_work(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.rate = 1e6
    assert transfer(target, file, hub, connections=4).sha256 == file.sha256
    assert hub.connections == 4
    # What a connection was sending when another one took over its end.
    assert hub.sent[file.name] <= 1.5 * file.size


def test_what_another_connection_took_over_is_left_to_it(
    target: Path, file: ModelFile, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    write = PartialFile.write

    def note(self: PartialFile, offset: int, data: bytes | bytearray) -> None:
        written.append(len(data))
        write(self, offset, data)

    monkeypatch.setattr(PartialFile, "write", note)
    monkeypatch.setattr(transfer_module, "_LEAST_SHARE", 1 << 14)
    hub.faults.rate = 1e6
    assert transfer(target, file, hub).sha256 == file.sha256
    assert sum(written) == file.size


def test_only_what_is_missing_is_asked_for(
    target: Path, file: ModelFile, data: bytes, hub: Hub
) -> None:
    put(target, file, data, (0, 300_000), (500_000, 1_000_000))
    run = transfer(target, file, hub)
    assert (run.progress[0], run.sha256) == (800_000, file.sha256)
    assert hub.sent[file.name] == file.size - 800_000


def test_connections_that_are_cut_again_and_again(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.cut_after = 50_000
    assert transfer(target, file, hub).sha256 == file.sha256
    assert hub.sent[file.name] == file.size


def test_some_connections_stall(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.stall_after = 200_000
    assert transfer(target, file, hub).sha256 == file.sha256


def test_all_connections_stall(target: Path, file: ModelFile, hub: Hub, second: Hub) -> None:
    hub.faults.stall_after = 0
    assert transfer(target, file, hub, second).sha256 == file.sha256
    assert second.sent[file.name] == file.size


def test_everything_stalls(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.stall_after = 0
    assert fault(target, file, hub) == "stalled"


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_a_second_source_goes_on_with_what_is_there(
    target: Path, file: ModelFile, hub: Hub, second: Hub, status: int
) -> None:
    hub.faults.rate = 1e6
    transfer_part(target, file, hub)
    came = there(target, file)
    hub.faults.status = status
    assert fault(target, file, hub) == "refused"
    assert there(target, file) == came > 0
    assert transfer(target, file, hub, second).sha256 == file.sha256
    assert second.sent[file.name] == file.size - came


def test_a_source_breaks_down_half_way(
    target: Path, file: ModelFile, hub: Hub, second: Hub
) -> None:
    sources = [source(hub), source(second)]
    hub.faults.rate = 1e6

    def break_down(done: int) -> None:
        if done > 300_000:
            hub.faults.status = 500
            hub.faults.cut_after = 1

    with closing(PartialFile(target, file)) as partial:
        Transfer(file, partial, sources, break_down, connections=4, patience=PATIENCE).run()
        assert partial.sha256() == file.sha256
    assert hub.sent[file.name] > 300_000
    assert second.sent[file.name] < 900_002


def test_busy_for_a_moment(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.status = 503
    counts = []

    def recover(done: int) -> None:
        counts.append(done)
        hub.faults.status = 0

    with closing(PartialFile(target, file)) as partial:
        Transfer(file, partial, [source(hub)], recover, connections=1, patience=PATIENCE).run()
        assert partial.sha256() == file.sha256


def test_another_file_is_not_taken(target: Path, file: ModelFile, hub: Hub, second: Hub) -> None:
    for other in (replace(file, sha256="a" * 64), replace(file, size=file.size + 1)):
        assert fault(target, other, hub, second) == "differs"
        assert there(target, other) == 0


def test_another_file_at_the_first_source(
    target: Path, file: ModelFile, hub: Hub, tmp_path: Path
) -> None:
    older = tmp_path / "older" / REPOSITORY / file.name
    older.parent.mkdir(parents=True)
    older.write_bytes(bytes(file.size))
    with running_hub(tmp_path / "older") as first:
        assert transfer(target, file, first, hub).sha256 == file.sha256
        assert first.connections == 1


def test_ranges_are_ignored(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.no_ranges = True
    assert transfer(target, file, hub).sha256 == file.sha256
    # Connections beyond the first find out that they are of no use.
    assert hub.sent[file.name] < 3 * file.size


def test_ranges_are_ignored_and_something_is_there(
    target: Path, file: ModelFile, data: bytes, hub: Hub
) -> None:
    put(target, file, data, (100_000, 500_000), (600_000, 700_000))
    hub.faults.no_ranges = True
    run = transfer(target, file, hub)
    assert run.sha256 == file.sha256
    assert run.progress == sorted(run.progress)
    assert run.progress[-1] == file.size


def test_ranges_are_ignored_by_the_second_source(
    target: Path, file: ModelFile, data: bytes, hub: Hub, second: Hub
) -> None:
    put(target, file, data, (0, 700_000))
    hub.faults.status, second.faults.no_ranges = 404, True
    assert transfer(target, file, hub, second).sha256 == file.sha256


def test_ranges_are_ignored_and_it_is_cut(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.no_ranges = True
    hub.faults.cut_after = 700_000
    # It begins at the beginning each time, and never gets to the end.
    assert fault(target, file, hub) == "unreachable"
    hub.faults.cut_after = 0
    assert there(target, file) >= 700_000
    assert transfer(target, file, hub).sha256 == file.sha256


def test_nothing_is_missing(target: Path, file: ModelFile, data: bytes, hub: Hub) -> None:
    put(target, file, data, (0, file.size))
    assert transfer(target, file, hub).sha256 == file.sha256
    assert hub.connections == 0


def test_the_disk_is_full_half_way(
    target: Path, file: ModelFile, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = PartialFile.write

    def full(self: PartialFile, offset: int, data: bytes | bytearray) -> None:
        if self.done > 500_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, offset, data)

    hub.faults.rate = 2e6
    monkeypatch.setattr(PartialFile, "write", full)
    with pytest.raises(OSError, match="No space left"):
        transfer(target, file, hub)
    monkeypatch.undo()
    came = there(target, file)
    assert 500_000 < came < file.size
    sent = sent_in_all(hub, file.name)
    hub.faults.rate = 0
    assert transfer(target, file, hub).sha256 == file.sha256
    assert hub.sent[file.name] == sent + file.size - came


def test_an_interruption_keeps_what_came(target: Path, file: ModelFile, hub: Hub) -> None:
    hub.faults.rate = 1e6
    transfer_part(target, file, hub)
    assert 300_000 < there(target, file) < file.size


def test_an_interruption_does_not_wait_for_what_stalls(
    target: Path, file: ModelFile, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[str] = []

    def blame(self: Route, source: Source, error: SourceError, began: float) -> int:
        ends.append(error.fault)
        return 1

    monkeypatch.setattr(Route, "blame", blame)
    hub.faults.stall_after = 200_000
    hub.faults.rate = 1e6
    transfer_part(target, file, hub, least=180_000, patience=replace(PATIENCE, idle_s=3.0))
    # One that was still giving is left without a word.
    assert set(ends) <= {"unreachable"}
