"""Write to a terminal, with emoji and colours, or to whatever else standard output is, without.

Standard library only, since stage 1 speaks before the environment exists; `colourful_console`
paints with `rich`, which stage 2 has.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING, Literal

from voice_assistant.messages import Locale, say

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

Style = Literal["title", "section", "good", "warning", "error", "plain"]

_EMOJI: dict[Style, str] = {
    "title": "🎤",
    "section": "🔍",
    "good": "✅",
    "warning": "⚠️ ",
    "error": "❌",
    "plain": "",
}
_COLOURS: dict[Style, str] = {
    "title": "bold magenta",
    "section": "bold",
    "good": "green",
    "warning": "yellow",
    "error": "bold red",
    "plain": "",
}


class Console:
    """Write sentences to standard output and errors to standard error, each flushed at once.

    Args:
        language: of the sentences.

    Attributes:
        is_terminal: whether standard output is one, so that a line can be redrawn.
    """

    def __init__(self, language: Locale) -> None:
        self.language = language
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        self.is_terminal = sys.stdout.isatty()
        encoding = (sys.stdout.encoding or "").lower().replace("-", "")
        self._has_emoji = self.is_terminal and encoding == "utf8"
        self._drawn = 0

    def show(self, style: Style, key: str, **params: object) -> None:
        """Write the sentence for `key` on a line of its own."""
        self.write(style, say(key, self.language, **params))

    def write(self, style: Style, text: str) -> None:
        """Write `text` on a line of its own, above a line that is being redrawn."""
        self.redraw("")
        emoji = f"{_EMOJI[style]} " if self._has_emoji and _EMOJI[style] else ""
        self._emit(style, emoji + text)

    def ask(self, key: str, **params: object) -> str | None:
        """Ask a question and return the answer, stripped; `None` if there is nobody to ask."""
        if sys.stdin is None or not sys.stdin.isatty() or _is_in_background():
            return None
        sys.stdout.write(say(key, self.language, **params))
        sys.stdout.flush()
        line = sys.stdin.readline()
        return line.strip() if line else None

    def redraw(self, text: str) -> None:
        """Replace the line that is being redrawn by `text`, if output is a terminal."""
        if not self.is_terminal or (not text and not self._drawn):
            return
        columns = shutil.get_terminal_size().columns - 1
        while text and _width(text) > columns:
            text = text[:-1]
        padding = " " * (self._drawn - _width(text))
        sys.stdout.write(f"\r{text}{padding}" if text else f"\r{padding}\r")
        sys.stdout.flush()
        self._drawn = _width(text)

    def _emit(self, style: Style, text: str) -> None:
        stream = sys.stderr if style == "error" else sys.stdout
        stream.write(text + "\n")
        stream.flush()


class _ColourfulConsole(Console):
    def __init__(self, language: Locale, out: RichConsole, errors: RichConsole) -> None:
        super().__init__(language)
        self._out, self._errors = out, errors

    def _emit(self, style: Style, text: str) -> None:
        painter = self._errors if style == "error" else self._out
        painter.print(
            text, style=_COLOURS[style], markup=False, emoji=False, highlight=False, soft_wrap=True
        )


def colourful_console(language: Locale) -> Console:
    """Return a console that paints where standard output is a terminal, else a plain one.

    Raises:
        ImportError: `rich` is not installed.
    """
    # rich costs about 0.1 s to import: not worth it where nothing can be painted.
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return Console(language)
    from rich.console import Console as RichConsole

    return _ColourfulConsole(language, RichConsole(), RichConsole(stderr=True))


def _is_in_background() -> bool:
    """Return whether this was started with `&`; to read from the terminal would then stop it."""
    if sys.platform == "win32":
        return False
    return os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp()


def _width(text: str) -> int:
    """Return the columns that `text` takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
