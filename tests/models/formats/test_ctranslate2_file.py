from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from voice_assistant.models.formats.ctranslate2_file import CTranslate2File, read, write


def text(words: str) -> bytes:
    return struct.pack("<H", len(words) + 1) + words.encode() + b"\0"


def variable(name: str, values: bytes, shape: tuple[int, ...], kind: int) -> bytes:
    dimensions = b"".join(struct.pack("<I", length) for length in shape)
    head = struct.pack("<B", len(shape)) + dimensions + struct.pack("<BI", kind, len(values))
    return text(name) + head + values


def file(*variables: bytes, version: int = 6, aliases: tuple[tuple[str, str], ...] = ()) -> bytes:
    head = struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<I", 3)
    tail = b"".join(text(alias) + text(name) for alias, name in aliases)
    return b"".join(
        [head, struct.pack("<I", len(variables)), *variables, struct.pack("<I", len(aliases)), tail]
    )


SIX = np.arange(6, dtype="<f2")
GOOD = variable("a/weight", SIX.tobytes(), (2, 3), 4)


def test_every_type(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    kinds = ["<f4", "<i1", "<i2", "<i4", "<f2"]
    path.write_bytes(
        file(
            *(
                variable(f"v{number}", np.array([1, -2], kind).tobytes(), (2,), number)
                for number, kind in enumerate(kinds)
            )
        )
    )
    variables = read(path).variables
    assert [str(array.dtype.str) for array in variables.values()] == ["<f4", "|i1", *kinds[2:]]
    assert all(array.tolist() == [1, -2] for array in variables.values())


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    number = variable("heads", struct.pack("<h", 8), (), 2)
    path.write_bytes(file(number, GOOD, aliases=(("b/weight", "a/weight"),)))
    content = read(path)
    assert (content.specification, content.revision) == ("WhisperSpec", 3)
    assert content.variables["a/weight"].tolist() == SIX.reshape(2, 3).tolist()
    assert int(content.variables["heads"]) == 8
    assert content.aliases == {"b/weight": "a/weight"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\6\0", "cut off"),
        (file(GOOD)[:-9], "cut off"),
        (file(GOOD) + b"\0", "goes on"),
        (file(GOOD, version=5), "version 5"),
        (file(variable("a", SIX.tobytes(), (6,), 5)), "type 5"),
        (file(variable("a", SIX.tobytes(), (7,), 4)), "12 bytes"),
        (file(variable("a", b"\0" * 2, (1,) * 9, 4)), "9 dimensions"),
        (file(GOOD, aliases=(("b", "c"),)), "not there"),
        (file(GOOD).replace(b"WhisperSpec\0", b"WhisperSpec!"), "name does not end"),
    ],
)
def test_what_is_no_such_file(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=problem):
        read(path)


def test_the_real_model(model_dir: Path) -> None:
    content = read(model_dir / "base" / "model.bin")
    weights = content.variables
    assert content.specification == "WhisperSpec"
    assert weights["decoder/embeddings/weight"].shape == (51865, 512)
    assert weights["encoder/layer_0/self_attention/linear_0/weight"].shape == (1536, 512)
    # The keys' part of the stacked bias, which openai-whisper does not have.
    assert not weights["encoder/layer_0/self_attention/linear_0/bias"][512:1024].any()
    assert content.aliases == {"decoder/projection/weight": "decoder/embeddings/weight"}


def test_writing_gives_what_was_read(tmp_path: Path) -> None:
    number = variable("heads", struct.pack("<h", 8), (), 2)
    first, second = tmp_path / "first.bin", tmp_path / "second.bin"
    first.write_bytes(file(number, GOOD, aliases=(("b/weight", "a/weight"),)))
    write(second, read(first))
    assert second.read_bytes() == first.read_bytes()


def test_writing_rows_in_order(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    write(path, CTranslate2File("WhisperSpec", 3, {"a": SIX.reshape(2, 3).T}, {}))
    assert read(path).variables["a"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_a_type_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="float64"):
        write(tmp_path / "model.bin", CTranslate2File("WhisperSpec", 3, {"a": np.zeros(2)}, {}))
