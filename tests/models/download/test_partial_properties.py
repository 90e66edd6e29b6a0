from __future__ import annotations

import hashlib
import shutil
import struct
import tempfile
from pathlib import Path
from random import Random
from unittest import mock

import psutil
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.support.properties import one_in, unreliable
from voice_assistant.models.download.partial import PartialFile
from voice_assistant.models.model import ModelFile

DATA = hashlib.shake_256(b"model").digest(300)
FILE = ModelFile("model.bin", len(DATA), hashlib.sha256(DATA).hexdigest())
PLACES = st.integers(0, len(DATA))


def ranges(offsets: set[int]) -> list[tuple[int, int]]:
    starts = sorted(each for each in offsets if each - 1 not in offsets)
    ends = sorted(each + 1 for each in offsets if each + 1 not in offsets)
    return list(zip(starts, ends, strict=True))


class Download(RuleBasedStateMachine):
    """A file that comes in pieces, through whatever may happen to its process and computer."""

    def __init__(self) -> None:
        super().__init__()
        self._root = Path(tempfile.mkdtemp())
        self._boot = 1_000_000.0
        self._folder = self._root / "0"
        self._folder.mkdir()
        self._there: set[int] = set()
        self._settled: set[int] = set()
        self._open()

    def teardown(self) -> None:
        self._partial.close()
        shutil.rmtree(self._root)

    @property
    def _data(self) -> Path:
        return self._folder / ".model.bin.partial"

    def _open(self) -> None:
        with mock.patch.object(psutil, "boot_time", return_value=self._boot):
            self._partial = PartialFile(self._folder / "model.bin", FILE)
        # What is found was sent to the disk.
        self._settled = set(self._there)

    def _next_process(self) -> None:
        """Leave to another process what there is on the disk at this moment."""
        folder = self._folder.with_name(str(int(self._folder.name) + 1))
        shutil.copytree(self._folder, folder)
        self._partial.close()
        self._folder = folder

    @rule(one=PLACES, other=PLACES)
    def write(self, one: int, other: int) -> None:
        start, end = sorted((one, other))
        self._partial.write(start, DATA[start:end])
        self._there |= set(range(start, end))

    @precondition(lambda self: self._there)
    @rule(choice=st.randoms(use_true_random=False))
    def write_again_what_is_there(self, choice: Random) -> None:
        start, end = choice.choice(ranges(self._there))
        self._partial.write(start, bytes(end - start))

    @rule(most=PLACES)
    def hash_ahead(self, most: int) -> None:
        assert self._partial.hash_ahead(most) <= most

    @rule()
    def settle(self) -> None:
        self._partial.settle()
        self._settled = set(self._there)

    @rule()
    def close_and_go_on(self) -> None:
        self._partial.close()
        self._open()

    @rule()
    def kill(self) -> None:
        self._next_process()
        self._open()

    @precondition(lambda self: self._there)
    @rule()
    def cut_the_power(self) -> None:
        """Start again with what had reached the disk for sure, and zeros for the rest."""
        self._next_process()
        self._there &= self._settled
        kept = [each if at in self._there else 0 for at, each in enumerate(self._data.read_bytes())]
        self._data.write_bytes(bytes(kept))
        self._boot += 1000
        self._open()

    @rule()
    def discard(self) -> None:
        with mock.patch.object(psutil, "boot_time", return_value=self._boot):
            self._partial.discard()
        self._there, self._settled = set(), set()

    @rule()
    def finish(self) -> None:
        for start, end in self._partial.missing():
            self._partial.write(start, DATA[start:end])
        assert self._partial.sha256() == FILE.sha256
        self._partial.finish()
        target = self._folder / "model.bin"
        assert target.read_bytes() == DATA
        assert [each.name for each in self._folder.iterdir()] == ["model.bin"]
        target.unlink()
        self._there = set()
        self._open()

    @invariant()
    def it_knows_what_is_there(self) -> None:
        assert self._partial.done == len(self._there)
        assert self._partial.missing() == ranges(set(range(len(DATA))) - self._there)


TestDownload = Download.TestCase
TestDownload.settings = one_in(5, steps=25)


def written(folder: Path) -> tuple[bytes, bytes]:
    """A journal of some pieces, and their bytes."""
    partial = PartialFile(folder / "model.bin", FILE)
    for start, end in ((0, 20), (60, 61), (100, 299)):
        partial.write(start, DATA[start:end])
    partial.settle()
    journal, data = folder / ".model.bin.journal", folder / ".model.bin.partial"
    found = journal.read_bytes(), data.read_bytes()
    partial.close()
    return found


def test_any_journal_is_read_and_claims_no_byte_that_is_not_there(tmp_path: Path) -> None:
    good, data = written(tmp_path)
    header = good[: len(good) - 4 * 16]

    @given(unreliable(good))
    @example(header + struct.pack("<QQ", 5, 0))
    @example(header + struct.pack("<QQ", 2**64 - 1, 2**64 - 2))
    def open_with(journal: bytes) -> None:
        (tmp_path / ".model.bin.journal").write_bytes(journal)
        (tmp_path / ".model.bin.partial").write_bytes(data)
        partial = PartialFile(tmp_path / "model.bin", FILE)
        missing = partial.missing()
        assert missing == sorted(missing)
        assert partial.done + sum(end - start for start, end in missing) == FILE.size
        assert all(0 <= start < end <= FILE.size for start, end in missing)
        assert (len(data), FILE.size) in missing or any(end == FILE.size for _, end in missing)
        # Whatever it says, the file can be had: at worst its bytes are found to be others.
        partial.discard()
        partial.write(0, DATA)
        assert partial.sha256() == FILE.sha256
        partial.finish()

    open_with()
