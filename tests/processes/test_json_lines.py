from __future__ import annotations

import io
import json
import sys

import pytest

from voice_assistant.processes.json_lines import write_json

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
