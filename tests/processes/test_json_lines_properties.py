from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.properties import unreliable
from voice_assistant.models.events import DownloadNote, DownloadProgress
from voice_assistant.processes.json_lines import EventReader

Event = DownloadNote | DownloadProgress
READER: EventReader[Event] = EventReader(DownloadNote, DownloadProgress)

TEXTS = st.text(max_size=8)
COUNTS = st.integers(0, 10**12)
NUMBERS = st.floats(0, 1e12)
EVENTS = st.builds(DownloadNote, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3)) | st.builds(
    DownloadProgress, TEXTS, COUNTS, COUNTS, NUMBERS, st.none() | NUMBERS
)
GOOD = [
    json.dumps(asdict(event)).encode()
    for event in (DownloadNote("key", {"a": "b"}), DownloadProgress("f", 1, 2, 3.5, None))
]


@given(EVENTS, st.booleans())
def test_an_event_comes_back(event: Event, readable: bool) -> None:
    line = json.dumps(asdict(event), ensure_ascii=not readable)
    assert READER.read(line) == event
    assert READER.read(line.encode() + b"\n") == event


@given(unreliable(*GOOD))
def test_any_line_is_an_event_or_nothing(line: bytes) -> None:
    found = READER.read(line)
    if found is not None:
        fields: dict[str, Any] = asdict(found)
        assert READER.read(json.dumps(fields)) == found
