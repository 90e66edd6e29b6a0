from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from voice_assistant.models.download.partial import PartialFile
from voice_assistant.models.model import ModelFile

DATA = bytes(range(100))
FILE = ModelFile("model.bin", len(DATA), hashlib.sha256(DATA).hexdigest())


@pytest.fixture
def opened(target: Path) -> Iterator[PartialFile]:
    with closing(PartialFile(target, FILE)) as partial:
        yield partial


def journal(target: Path) -> Path:
    return target.with_name(".model.bin.journal")


def data(target: Path) -> Path:
    return target.with_name(".model.bin.partial")


def names(target: Path) -> set[str]:
    return {path.name for path in target.parent.iterdir()}


def write(target: Path, *ranges: tuple[int, int]) -> None:
    """What a process does that is then killed, or ends: the journal is the same."""
    with closing(PartialFile(target, FILE)) as partial:
        for start, end in ranges:
            partial.write(start, DATA[start:end])


def missing(target: Path, file: ModelFile = FILE) -> list[tuple[int, int]]:
    with closing(PartialFile(target, file)) as partial:
        return partial.missing()


def power_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later the computer is started again."""
    began = psutil.boot_time()
    monkeypatch.setattr(psutil, "boot_time", lambda: began + 1000)


def test_pieces_in_any_order_become_the_file(target: Path) -> None:
    with closing(PartialFile(target, FILE)) as partial:
        for start in (40, 0, 80, 20, 60):
            partial.write(start, DATA[start : start + 20])
        assert (partial.done, partial.missing()) == (100, [])
        assert partial.sha256() == FILE.sha256
        assert not target.exists()
        partial.finish()
    assert target.read_bytes() == DATA
    assert names(target) == {"model.bin"}


def test_the_next_one_goes_on_with_what_is_there(target: Path) -> None:
    write(target, (10, 20), (50, 100))
    assert missing(target) == [(0, 10), (20, 50)]
    write(target, (0, 10))
    assert missing(target) == [(20, 50)]


def test_it_is_there_before_anything_is_closed(target: Path, opened: PartialFile) -> None:
    opened.write(30, DATA[30:60])
    # What another process would see after this one is killed.
    assert missing(target) == [(0, 30), (60, 100)]
    assert data(target).read_bytes()[30:60] == DATA[30:60]


def test_a_cut_off_last_record_costs_one_piece(target: Path) -> None:
    write(target, (0, 10), (50, 60))
    journal(target).write_bytes(journal(target).read_bytes()[:-5])
    assert missing(target) == [(10, 100)]


@pytest.mark.parametrize("length", [0, 10, 60, 70])
def test_a_journal_that_is_too_short_says_nothing(target: Path, length: int) -> None:
    write(target, (0, 100))
    journal(target).write_bytes(journal(target).read_bytes()[:length])
    assert missing(target) == [(0, 100)]


def test_a_journal_of_another_file_says_nothing(target: Path) -> None:
    write(target, (0, 50))
    newer = ModelFile("model.bin", 100, "a" * 64)
    assert missing(target, newer) == [(0, 100)]


def test_a_journal_without_its_bytes_says_nothing(target: Path) -> None:
    write(target, (0, 50))
    data(target).unlink()
    assert missing(target) == [(0, 100)]


def test_records_beyond_the_bytes_do_not_count(target: Path) -> None:
    write(target, (0, 20), (50, 100))
    with data(target).open("r+b") as stream:
        stream.truncate(90)
    assert missing(target) == [(20, 100)]


def test_after_a_power_cut_only_what_was_settled_counts(
    target: Path, opened: PartialFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.write(0, DATA[:20])
    opened.settle()
    opened.write(60, DATA[60:])
    power_cut(monkeypatch)
    assert missing(target) == [(20, 100)]


def test_after_a_power_cut_before_anything_was_settled(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(target, (0, 20))
    power_cut(monkeypatch)
    assert missing(target) == [(0, 100)]


def test_what_is_found_is_settled(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(target, (0, 20))
    write(target, (60, 80))
    power_cut(monkeypatch)
    # The second process began with what the first one had left, and sent that to the disk.
    assert missing(target) == [(20, 100)]


def test_a_clock_that_was_set_is_no_power_cut(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(target, (0, 20))
    began = psutil.boot_time()
    monkeypatch.setattr(psutil, "boot_time", lambda: began - 3)
    assert missing(target) == [(20, 100)]


def test_bytes_are_hashed_while_others_come(opened: PartialFile) -> None:
    opened.write(0, DATA[:30])
    opened.write(50, DATA[50:])
    assert [opened.hash_ahead(20) for _ in range(3)] == [20, 10, 0]
    opened.write(30, DATA[30:50])
    assert opened.hash_ahead(1000) == 70
    assert opened.sha256() == FILE.sha256


def test_what_was_hashed_is_not_written_over(target: Path, opened: PartialFile) -> None:
    opened.write(0, DATA[:30])
    opened.write(50, DATA[50:60])
    opened.hash_ahead(100)
    opened.write(20, DATA[20:50] + bytes(50))
    assert data(target).read_bytes() == DATA[:60] + bytes(40)
    assert opened.missing() == []
    assert opened.sha256() != FILE.sha256


def test_discarded_bytes_are_gone(target: Path, opened: PartialFile) -> None:
    opened.write(0, bytes(100))
    assert opened.sha256() != FILE.sha256
    opened.discard()
    assert (opened.done, opened.missing()) == (0, [(0, 100)])
    opened.write(0, DATA)
    assert opened.sha256() == FILE.sha256


def test_nothing_stays_of_nothing(target: Path) -> None:
    write(target)
    assert names(target) == set()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        PartialFile(tmp_path / "nowhere" / "model.bin", FILE)
