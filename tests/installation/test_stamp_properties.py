from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import unreliable
from voice_assistant.installation.stamp import NAME, Stamp, read_stamp

GOOD = Stamp("python 1 2", "3.11", {"requirements.txt": "00" * 32}, unfinished=True, torch="begun")
TEXTS = st.text(max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


def assert_sound(stamp: Stamp | None) -> None:
    """Whatever is done with a note can be done with it."""
    if stamp is not None:
        texts = (stamp.interpreter, stamp.version, stamp.torch)
        assert all(isinstance(text, str) for text in (*texts, *stamp.installed.values()))
        assert isinstance(stamp.unfinished, bool)
        assert json.loads(json.dumps(asdict(stamp))) == asdict(stamp)


@given(st.builds(Stamp, TEXTS, TEXTS, st.dictionaries(TEXTS, TEXTS), st.booleans(), TEXTS))
def test_a_note_is_read_as_it_was_written(tmp_path: Path, stamp: Stamp) -> None:
    stamp.write(tmp_path)
    assert read_stamp(tmp_path) == stamp


@given(unreliable(json.dumps(asdict(GOOD)).encode()))
@example(b"[" * 100_000)
def test_any_file_is_a_note_or_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    assert_sound(read_stamp(tmp_path))


@given(st.dictionaries(st.sampled_from(sorted(asdict(GOOD))), VALUES))
@example({"installed": ["requirements.txt"]})
@example({"installed": {"requirements.txt": None}})
@example({"torch": 1})
def test_any_values_are_a_note_or_none(tmp_path: Path, values: dict[str, Any]) -> None:
    (tmp_path / NAME).write_text(json.dumps(values), encoding="utf-8")
    assert_sound(read_stamp(tmp_path))
