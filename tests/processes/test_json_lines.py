from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass, field
from typing import Literal

import pytest

from voice_assistant.processes.json_lines import EventReader, write_event, write_json


@dataclass(frozen=True, slots=True)
class Moved:
    """An event as helpers have them."""

    event: Literal["moved"] = field(default="moved", kw_only=True)
    name: str
    by: float
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """The other kind."""

    event: Literal["ended"] = field(default="ended", kw_only=True)
    params: dict[str, str | int | float]


READER: EventReader[Moved | Ended] = EventReader(Moved, Ended)

FOUND = {"text": "打开计算器", "count": 1}


@pytest.mark.parametrize(("encoding", "is_readable"), [("utf-8", True), ("gbk", False)])
def test_it_can_be_read_back_whatever_the_system_writes(
    monkeypatch: pytest.MonkeyPatch, encoding: str, is_readable: bool
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    write_json(FOUND)
    line = written.getvalue()
    assert json.loads(line) == FOUND
    assert line.count(b"\n") == 1
    assert ("打开".encode() in line) is is_readable


def test_for_people_it_has_several_lines(capsys: pytest.CaptureFixture[str]) -> None:
    write_json(FOUND, indent=1)
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize(
    "event",
    [
        Moved("左", 1.5, ((1, 2), (3, 4))),
        Moved("", 2),
        Ended({"a": "b", "count": 7, "share": 0.5}),
    ],
)
def test_an_event_is_read_as_it_was_written(
    event: Moved | Ended, capsys: pytest.CaptureFixture[str]
) -> None:
    write_event(event)
    line = capsys.readouterr().out
    assert READER.read(line) == event
    assert READER.read(line.encode()) == event


def test_its_kind_comes_first_and_then_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    write_event(Moved("left", 2))
    assert capsys.readouterr().out == (
        '{"event": "moved", "name": "left", "by": 2, "places": []}\n'
    )


def test_numbers_stay_what_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Sentences show them."""
    event = READER.read('{"event": "ended", "params": {"count": 7, "share": 7.0}}')
    assert isinstance(event, Ended)
    assert [str(value) for value in event.params.values()] == ["7", "7.0"]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"some notice",
        b"7",
        b"null",
        b"{}",
        b"[]",
        b"\xff",
        b'{"event": "moved", "name": "left", "by": 1',
        b'{"event": "moved", "name": "left"}',
        b'{"event": "moved", "name": "left", "by": "1"}',
        b'{"event": "moved", "name": 7, "by": 1}',
        b'{"event": "moved", "name": "left", "by": 1, "places": [[1, 2, 3]]}',
        b'{"event": "other", "name": "left", "by": 1}',
        b'{"event": "ended", "params": {"a": [1]}}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_none_of_them_is_nothing(line: bytes) -> None:
    assert READER.read(line) is None


def test_a_field_that_a_newer_helper_adds_is_passed_over() -> None:
    line = '{"event": "moved", "name": "left", "by": 1, "speed": 3}'
    assert READER.read(line) == Moved("left", 1)
