from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import unreliable
from voice_assistant.models.converted import find_converted, recorded
from voice_assistant.models.known import built_in

MODEL = built_in()["medium"]
NAMES = ("config.json", "model.bin", "vocabulary.txt")
GOOD: dict[str, Any] = {
    "version": 1,
    "checkpoint": MODEL.checkpoint.sha256,
    "files": [{"name": name, "size": 2, "sha256": "00" * 32} for name in NAMES],
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
FILES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES) | VALUES,
            "size": st.integers(0, 9) | VALUES,
            "sha256": st.just("00" * 32) | VALUES,
        }
    ),
    max_size=3,
)


def assert_sound(model_dir: Path, data: bytes) -> None:
    """What counts as a record names files as they have to be, and another record nothing."""
    folder = model_dir / MODEL.name / "converted"
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (folder / name).write_bytes(b"{}")
    (folder / "record.json").write_bytes(data)
    files = recorded(MODEL, folder)
    if files:
        assert sorted(file.name for file in files) == list(NAMES)
        assert all(isinstance(file.size, int) and isinstance(file.sha256, str) for file in files)
    assert find_converted(MODEL, model_dir) in (None, folder)


@given(unreliable(json.dumps(GOOD).encode()))
@example(json.dumps(GOOD).encode())
@example(b"[" * 100_000)
def test_any_file_is_a_record_or_none(tmp_path: Path, data: bytes) -> None:
    assert_sound(tmp_path, data)


@given(FILES | VALUES)
@example([{"name": 5, "size": 1, "sha256": ""}, {"name": "model.bin", "size": 1, "sha256": ""}])
@example([{**file, "sha256": []} for file in GOOD["files"]])
def test_any_list_of_files_is_a_record_or_none(tmp_path: Path, files: Any) -> None:
    assert_sound(tmp_path, json.dumps({**GOOD, "files": files}).encode())
