from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as numbers

from tests.support.properties import little_memory, unreliable
from voice_assistant.models.formats.ctranslate2_file import CTranslate2File, read, write

TYPES = ["<f4", "<i1", "<i2", "<i4", "<f2"]
# Lengths of names are written in two bytes, and they are UTF-8.
NAMES = st.text(max_size=20)
ARRAYS = st.sampled_from(TYPES).flatmap(
    lambda kind: numbers.arrays(kind, numbers.array_shapes(min_dims=0, max_dims=4, max_side=4))
)


@st.composite
def files(draw: st.DrawFn) -> CTranslate2File:
    variables = draw(st.dictionaries(NAMES, ARRAYS, max_size=4))
    known = st.sampled_from(sorted(variables)) if variables else st.nothing()
    aliases = draw(st.dictionaries(NAMES, known, max_size=3)) if variables else {}
    return CTranslate2File(draw(NAMES), draw(st.integers(0, 2**32 - 1)), variables, aliases)


@given(files())
def test_what_was_written_is_read(tmp_path: Path, file: CTranslate2File) -> None:
    path = tmp_path / "model.bin"
    write(path, file)
    found = read(path)
    assert (found.specification, found.revision) == (file.specification, file.revision)
    assert list(found.variables) == list(file.variables)
    assert found.aliases == file.aliases
    for name, array in file.variables.items():
        assert found.variables[name].dtype == array.dtype
        assert found.variables[name].shape == array.shape
        assert found.variables[name].tobytes() == array.tobytes()


def sample(path: Path) -> bytes:
    half, empty = np.arange(6, dtype="<f2").reshape(2, 3), np.zeros((0, 3, 1, 2), "<f4")
    variables = {"a/weight": half, "heads": np.array(8, "<i2"), "none": empty}
    write(path, CTranslate2File("WhisperSpec", 3, variables, {"b/weight": "a/weight"}))
    return path.read_bytes()


def empty_of(*shape: int) -> bytes:
    head = struct.pack("<IH2sIIH2s", 6, 2, b"W\0", 3, 1, 2, b"a\0")
    dimensions = struct.pack(f"<B{len(shape)}I", len(shape), *shape)
    return head + dimensions + struct.pack("<BII", 4, 0, 0)


def test_what_is_no_such_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"

    @given(unreliable(sample(path)))
    @example(empty_of(0, 2**32 - 1, 2**32 - 1, 2**32 - 1))
    @example(sample(path).replace(b"heads", b"\xff\xff\xff\xff\xff"))
    def read_or_refuse(data: bytes) -> None:
        path.write_bytes(data)
        with little_memory(1_000_000):
            try:
                file = read(path)
            except ValueError as error:
                assert str(path) in str(error)
                return
            for array in file.variables.values():
                assert array.nbytes <= len(data)
            assert all(name in file.variables for name in file.aliases.values())

    read_or_refuse()
