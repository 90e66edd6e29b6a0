from __future__ import annotations

import json

import pytest

from voice_assistant.console import Console
from voice_assistant.downloader.report import ConsoleReport, JsonReport
from voice_assistant.errors import ModelError
from voice_assistant.models.download.rate import FetchProgress

ERROR = ModelError("DISK_FULL", folder="/models", need_mb=7)


def test_where_no_line_can_be_redrawn_few_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    report = ConsoleReport(Console("en"))
    for percent in range(0, 101):
        report.progress("tiny", FetchProgress(percent * 10**6, 100 * 10**6, 5e5, 100.0))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert lines[4] == "tiny  40.0 %  40/100 MB  0.5 MB/s  1:40 left"


def test_nothing_is_promised_while_nothing_comes(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReport(Console("en")).progress("tiny", FetchProgress(5 * 10**6, 10**7, 0.0, None))
    assert capsys.readouterr().out == "tiny  50.0 %  5/10 MB\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (3599, "59:59"), (7384, "2:03:04")]
)
def test_times(seconds: float, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReport(Console("en")).progress("tiny", FetchProgress(1, 2, 1.0, seconds))
    assert capsys.readouterr().out.endswith(f" {text} left\n")


def test_an_error_is_a_sentence_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReport(Console("zh")).error(ERROR)
    written = capsys.readouterr()
    assert written.out == ""
    assert "/models" in written.err


def test_a_line_of_json_for_everything(capsys: pytest.CaptureFixture[str]) -> None:
    report = JsonReport()
    report.show("good", "download.done", model="tiny", folder="/模型")
    report.progress("tiny", FetchProgress(5, 10, 2.4, 2.08))
    report.progress("tiny", FetchProgress(5, 10, 0.0, None))
    report.error(ERROR)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    moving = {"event": "progress", "model": "tiny", "done": 5, "total": 10}
    assert lines == [
        {"event": "note", "key": "download.done", "params": {"model": "tiny", "folder": "/模型"}},
        {**moving, "rate": 2, "left_s": 2.1},
        {**moving, "rate": 0, "left_s": None},
        {"event": "error", "code": "DISK_FULL", "params": {"folder": "/models", "need_mb": 7}},
    ]
