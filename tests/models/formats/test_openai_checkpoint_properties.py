from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numbers

from tests.support.checkpoint_file import (
    TINY,
    Tensor,
    pickled,
    random_tensors,
    write_archive,
    write_checkpoint,
)
from tests.support.properties import little_memory, unreliable
from voice_assistant.models.formats.mapped_arrays import Array
from voice_assistant.models.formats.openai_checkpoint import read
from voice_assistant.models.model import Dimensions

ARRAYS = st.sampled_from(["<f2", "<f4"]).flatmap(
    lambda kind: numbers.arrays(kind, numbers.array_shapes(min_dims=0, max_dims=4, max_side=4))
)
TENSORS = dict(list(random_tensors().items())[:3])


@given(
    st.dictionaries(st.text(max_size=20), ARRAYS, max_size=4),
    st.lists(st.integers(0, 2**31 - 1), min_size=10, max_size=10).map(lambda n: Dimensions(*n)),
)
def test_what_was_written_is_read(
    tmp_path: Path, tensors: dict[str, Array], dimensions: Dimensions
) -> None:
    path = tmp_path / "tiny.pt"
    write_checkpoint(path, tensors, dimensions)
    found = read(path)
    assert found.dimensions == dimensions
    assert list(found.tensors) == list(tensors)
    for name, array in tensors.items():
        assert found.tensors[name].dtype == array.dtype
        assert found.tensors[name].shape == array.shape
        assert found.tensors[name].tobytes() == array.tobytes()


def refused_or_read(path: Path) -> None:
    size = path.stat().st_size
    with little_memory(3_000_000):
        try:
            tensors = read(path).tensors
        except ValueError as error:
            assert f"{path} is no checkpoint of openai-whisper" in str(error)
            return
        for array in tensors.values():
            assert array.nbytes <= size


def sample(path: Path) -> bytes:
    write_checkpoint(path, TENSORS)
    return path.read_bytes()


def test_what_is_no_checkpoint_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "tiny.pt"

    @given(unreliable(sample(path)))
    def read_or_refuse(data: bytes) -> None:
        path.write_bytes(data)
        refused_or_read(path)

    read_or_refuse()


LISTED = {name: Tensor(str(number), TENSORS[name]) for number, name in enumerate(TENSORS)}


@given(unreliable(pickled(asdict(TINY), LISTED)))
@example(
    pickled(
        asdict(TINY), {"a": Tensor("0", TENSORS["encoder.conv1.bias"], shape=(0, 2**31 - 1) * 2)}
    )
)
def test_a_damaged_table_is_refused(tmp_path: Path, table: bytes) -> None:
    path = tmp_path / "tiny.pt"
    write_archive(path, table, LISTED)
    refused_or_read(path)


def test_a_shape_of_many_numbers_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "tiny.pt"
    many = (1,) * 100_000
    tensor = Tensor("0", np.zeros(1, "<f2"), shape=many, strides=many)
    write_archive(path, pickled(asdict(TINY), {"a": tensor}), {"a": tensor})
    began = time.process_time()
    with pytest.raises(ValueError, match="100000 dimensions"):
        read(path)
    assert time.process_time() - began < 10  # without the limit: minutes
