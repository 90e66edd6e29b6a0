from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice_assistant.logs import set_up_logging
from voice_assistant.settings import Settings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level


def test_lines_go_to_the_file_and_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "folder" / "voice_assistant.log"
    set_up_logging(Settings(log_file=file))
    logging.getLogger("test").info("打开计算器")
    assert "打开计算器" in file.read_text(encoding="utf-8")
    assert "打开计算器" in capsys.readouterr().err


def test_the_file_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_assistant.logs._FILE_BYTES", 2_000)
    set_up_logging(Settings(log_file=tmp_path / "log"))
    for number in range(200):
        logging.getLogger("test").info("line %d of many", number)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["log", "log.1", "log.2", "log.3"]
    assert all(file.stat().st_size < 2_100 for file in files)


def test_a_file_that_cannot_be_written_costs_only_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    set_up_logging(Settings(log_file=tmp_path / "file" / "log"))
    logging.getLogger("test").info("still here")
    written = capsys.readouterr().err
    assert "no log file" in written
    assert "still here" in written
