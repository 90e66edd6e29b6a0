from __future__ import annotations

import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.checkpoint_file import TINY, Tensor, pickled, write_archive, write_checkpoint
from voice_assistant.models.formats.openai_checkpoint import read

SIX = np.arange(6, dtype="<f2").reshape(2, 3)
TENSORS = {"half": SIX, "single": np.arange(4, dtype="<f4") / 3, "one": np.array(7, "<f2")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tiny.pt"


def archive(path: Path, *tensors: Tensor, **other: Any) -> None:
    listed = {f"tensor {number}": each for number, each in enumerate(tensors)}
    write_archive(path, pickled(asdict(TINY), listed), listed, **other)


def refused(path: Path, why: str) -> None:
    with pytest.raises(ValueError, match=f"tiny.pt is no checkpoint of openai-whisper: .*{why}"):
        read(path)


@pytest.mark.parametrize("folder", ["archive", "large-v3-turbo", "/a/b"])
def test_a_checkpoint(path: Path, folder: str) -> None:
    write_checkpoint(path, TENSORS, folder=folder)
    content = read(path)
    assert content.dimensions == TINY
    assert list(content.tensors) == list(TENSORS)
    for name, array in TENSORS.items():
        assert content.tensors[name].dtype == array.dtype
        assert content.tensors[name].shape == array.shape
        assert np.array_equal(content.tensors[name], array)


def test_what_newer_torch_adds(path: Path) -> None:
    write_checkpoint(
        path, TENSORS, entries={"byteorder": b"little", ".data/serialization_id": b"12"}
    )
    assert np.array_equal(read(path).tensors["half"], SIX)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_what_torch_writes(path: Path, dtype: str) -> None:
    torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")
    module = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.LayerNorm(7))
    state = module.to(getattr(torch, dtype)).state_dict()
    state["tied"] = state["0.weight"]
    state["rows"] = state["0.weight"][2:4]
    state["parameter"] = torch.nn.Parameter(torch.ones(3))
    torch.save({"dims": asdict(TINY), "model_state_dict": state}, path)
    tensors = read(path).tensors
    assert list(tensors) == list(state)
    for name, tensor in state.items():
        assert np.array_equal(tensors[name], tensor.detach().numpy()), name
        assert tensors[name].dtype == tensor.detach().numpy().dtype


def test_what_older_torch_calls_a_parameter(path: Path) -> None:
    whole = Tensor("0", SIX)
    table = pickled(asdict(TINY), {"a": whole})
    inner = table[table.index(b"ctorch._utils") : table.index(b"tR", -80) + 2]
    outer = b"ctorch._utils\n_rebuild_parameter\n(" + inner + b"\x88}tR"
    write_archive(path, table.replace(inner, outer), {"a": whole})
    assert np.array_equal(read(path).tensors["a"], SIX)


def test_a_part_of_a_storage(path: Path) -> None:
    archive(path, Tensor("0", SIX, offset=2, shape=(2, 2), strides=(2, 1)))
    assert read(path).tensors["tensor 0"].tolist() == [[2, 3], [4, 5]]


def test_strides_of_what_is_one_long_are_of_no_account(path: Path) -> None:
    archive(path, Tensor("0", SIX, shape=(1, 6), strides=(99, 1)))
    assert read(path).tensors["tensor 0"].shape == (1, 6)


@pytest.mark.parametrize(
    ("tensor", "why"),
    [
        (Tensor("0", SIX, strides=(1, 2)), "not stored row by row"),
        (Tensor("0", SIX, strides=(3,)), "not stored row by row"),
        (Tensor("0", SIX, strides=(-3, 1)), "not stored row by row"),
        (Tensor("0", SIX, shape=(2, 4), strides=(4, 1)), "12 bytes and the shape"),
        (Tensor("0", SIX, offset=1), "12 bytes and the shape"),
        (Tensor("0", SIX, offset=-1), "no proper shape"),
        (Tensor("0", SIX, shape=(-2, -3)), "no proper shape"),
        (Tensor("0", SIX, kind="FloatStorage"), "12 bytes and the shape"),
        (Tensor("0", SIX, kind="BFloat16Storage"), "BFloat16Storage"),
        (Tensor("0", SIX, function="os system"), "wants os.system"),
        (Tensor("0", SIX, function="builtins eval"), "wants builtins.eval"),
        (Tensor("0", SIX, function="collections OrderedDict"), ""),
        (Tensor("0", SIX, function="torch HalfStorage"), ""),
    ],
)
def test_tensors_that_are_not_taken(path: Path, tensor: Tensor, why: str) -> None:
    archive(path, tensor)
    refused(path, why)


def test_what_is_compressed(path: Path) -> None:
    archive(path, Tensor("0", SIX), compression=zipfile.ZIP_DEFLATED)
    refused(path, "compressed")


def test_the_other_byte_order(path: Path) -> None:
    write_checkpoint(path, TENSORS, entries={"byteorder": b"big"})
    refused(path, "little-endian")


def test_a_pickle_without_end(path: Path) -> None:
    write_archive(path, bytes((1 << 24) + 1), {})
    refused(path, "16777217 bytes")


@pytest.mark.parametrize(
    "table",
    [
        pickled({"n_mels": 80}, {}),
        pickled({**asdict(TINY), "n_mels": "80"}, {}),
        pickled({**asdict(TINY), "n_mels": -1}, {}),
        pickled(7, {}),
        pickled(asdict(TINY), {"a": 7}),
        pickled(asdict(TINY), {"a": (1, 2, 3, 4)}),
        b"\x80\x02].",
        b"\x80\x02}.",
        b"",
    ],
)
def test_other_contents(path: Path, table: bytes) -> None:
    write_archive(path, table, {})
    refused(path, "")


def test_a_storage_that_is_not_there(path: Path) -> None:
    tensor = Tensor("0", SIX)
    write_archive(path, pickled(asdict(TINY), {"a": tensor}), {})
    refused(path, "data/0")


def test_several_tables_or_none(path: Path) -> None:
    write_checkpoint(path, TENSORS, entries={"other/data.pkl": b""})
    refused(path, "2 entries")
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("archive/version", b"3")
    refused(path, "0 entries")


def test_no_archive(path: Path) -> None:
    path.write_bytes(b"not a model")
    refused(path, "not a zip file")
    with pytest.raises(FileNotFoundError):
        read(path.with_name("absent.pt"))


def test_a_file_that_is_cut_off(path: Path) -> None:
    write_checkpoint(path, TENSORS)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        refused(path, "")


def test_entries_that_are_elsewhere(path: Path) -> None:
    write_checkpoint(path, TENSORS)
    data = path.read_bytes()
    assert data.count(b"archive/data/0") == 2
    place = data.index(b"archive/data/0") - 30
    path.write_bytes(data[:place] + b"XX" + data[place + 2 :])
    refused(path, "not where it should be")
    longer = data[: place + 28] + b"\xff\xff" + data[place + 30 :]
    path.write_bytes(longer)
    refused(path, "cut off")


def test_damage_is_an_error_or_of_no_account(path: Path) -> None:
    write_checkpoint(path, TENSORS)
    whole = path.read_bytes()
    chance = np.random.default_rng(1)
    refusals = 0
    for _ in range(1000):
        damaged = bytearray(whole)
        for _ in range(chance.integers(1, 4)):
            damaged[chance.integers(len(damaged))] = int(chance.integers(256))
        path.write_bytes(damaged)
        try:
            tensors = read(path).tensors
        except ValueError:
            refusals += 1
        else:
            for name in tensors:
                assert tensors[name].nbytes <= len(whole)
    assert refusals > 200
