from __future__ import annotations

import io

import pytest

from voice_assistant.console import Console, colourful_console


class Terminal(io.TextIOWrapper):
    """A terminal in memory."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding, newline="")

    def isatty(self) -> bool:
        return True

    def text(self) -> str:
        self.flush()
        raw = self.buffer
        assert isinstance(raw, io.BytesIO)
        return raw.getvalue().decode(self.encoding)


def use_terminal(monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8") -> Terminal:
    """Let the program write to a terminal, 20 columns wide."""
    # Not in a fixture: between set-up and test, pytest puts streams of its own in place.
    terminal = Terminal(encoding)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return terminal


def test_plain_where_output_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console = colourful_console("en")
    console.redraw("50 %")
    console.show("good", "launcher.no_gpu")
    console.write("error", "oh")
    written = capsys.readouterr()
    assert written.out == "No NVIDIA GPU: recognition runs on the CPU\n"
    assert written.err == "oh\n"


def test_emoji_and_colours_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use_terminal(monkeypatch)
    colourful_console("zh").write("good", "装好了 [1/2] :smile:")
    assert "✅ 装好了 [1/2] :smile:" in terminal.text()
    assert "\x1b[32m" in terminal.text()


def test_no_colours_if_the_user_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    colourful_console("zh").write("good", "装好了")
    assert terminal.text() == "✅ 装好了\n"


def test_terminal_that_cannot_show_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use_terminal(monkeypatch, "gbk")
    Console("zh").write("good", "装好了 ✓")
    assert terminal.text() == "装好了 ?\n"


def test_nobody_is_asked_where_input_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for stream in (io.StringIO("y\n"), None):
        monkeypatch.setattr("sys.stdin", stream)
        assert Console("en").ask("download.which", number=1) is None
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("typed", "answer"), [("  2 \n", "2"), ("\n", ""), ("", None)])
def test_a_question_and_its_answer(
    monkeypatch: pytest.MonkeyPatch, typed: str, answer: str | None
) -> None:
    terminal = use_terminal(monkeypatch)
    keyboard = Terminal()
    keyboard.write(typed)
    keyboard.seek(0)
    monkeypatch.setattr("sys.stdin", keyboard)
    monkeypatch.setattr("voice_assistant.console._is_in_background", lambda: False)
    assert Console("en").ask("download.which", number=1) == answer
    assert terminal.text() == "Which one? A number, or Enter for 1: "


def test_growing_line_is_replaced_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use_terminal(monkeypatch)
    console = Console("en")
    console.redraw("[1/2] 中文")
    console.redraw("[2/2] a")
    console.write("plain", "done")
    assert terminal.text() == "\r[1/2] 中文\r[2/2] a   \r       \rdone\n"


def test_growing_line_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = use_terminal(monkeypatch)
    Console("zh").redraw("一二三四五六七八九十一二")
    assert terminal.text() == "\r一二三四五六七八九"
