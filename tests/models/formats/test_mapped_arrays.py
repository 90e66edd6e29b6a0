from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voice_assistant.models.formats.mapped_arrays import Extent, MappedArrays

HALF = np.dtype("<f2")


@pytest.fixture
def arrays(tmp_path: Path) -> MappedArrays:
    path = tmp_path / "file"
    path.write_bytes(b"?" + np.arange(6, dtype=HALF).tobytes())
    extents = {
        "all": Extent(1, HALF, (2, 3)),
        "one": Extent(5, HALF, ()),
        "none": Extent(1, HALF, (0, 3)),
    }
    return MappedArrays(path, extents)


def test_arrays_where_they_lie(arrays: MappedArrays) -> None:
    assert list(arrays) == ["all", "one", "none"]
    assert arrays["all"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert float(arrays["one"]) == 2
    assert arrays["none"].shape == (0, 3)
    assert len(arrays) == 3
    with pytest.raises(KeyError):
        arrays["other"]


def test_writing_changes_nothing(arrays: MappedArrays) -> None:
    arrays["all"][:] = 9
    assert arrays["all"].tolist() == [[0, 1, 2], [3, 4, 5]]
