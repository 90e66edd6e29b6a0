"""Read one `.desktop` file: an installed app and how to start it.

Source: Desktop Entry Specification 1.5, <https://specifications.freedesktop.org/desktop-entry-spec/>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.desktop.base import Argv
from voice_assistant.desktop.process import find_program

_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_ESCAPE = re.compile(r"\\([sntr\\])")
_FIELD_CODE = re.compile(r"%(.?)")

_PART = re.compile(
    r"""
    "(?P<double> (?: [^"\\] | \\. )* )"
    | '(?P<single> [^']* )'      # the two below are not in the specification, but in real files:
    | \\(?P<escaped> . )         # GLib reads the line as a shell would
    | (?P<plain> [^\s"'\\]+ )
    | (?P<space> \s+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTED_ESCAPE = re.compile(r'\\(["`$\\])')


@dataclass(frozen=True, slots=True)
class DesktopEntry:
    """Describe an installed app.

    Attributes:
        names: its name in every language, folded by `fold_name`.
        generic_names: what kind of app it is in every language, folded.
        argv: how to start it, without files to open.
        cwd: the folder to start it in, if it names one.
        try_exec: a program without which it is not really installed.
        terminal: whether it needs a terminal.
        shown: whether it is an app that menus show; others only hide those of the same id.
    """

    names: frozenset[str]
    generic_names: frozenset[str]
    argv: Argv
    cwd: Path | None
    try_exec: str
    terminal: bool
    shown: bool

    def is_usable(self, environ: Mapping[str, str]) -> bool:
        """Return whether menus show it and its programs are there."""
        programs = [self.try_exec, *self.argv[:1]] if self.try_exec else self.argv[:1]
        return self.shown and all(find_program(each, environ) for each in programs)


def fold_name(name: str) -> str:
    """Return `name` without spaces and case, to compare it with another."""
    return "".join(name.split()).casefold()


def read_desktop_entry(path: Path) -> DesktopEntry:
    """Read one file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not a desktop entry, or a broken one.
    """
    text = path.read_text(encoding="utf-8-sig")
    if "\0" in text:  # no program can be started with one in its name, folder or arguments
        raise ValueError("a zero byte")
    keys = _main_group(text)
    shown = (
        keys.get("Type") == "Application"
        and keys.get("Hidden") != "true"
        and keys.get("NoDisplay") != "true"
    )
    folder = _text(keys, "Path")
    return DesktopEntry(
        names=_in_every_language(keys, "Name"),
        generic_names=_in_every_language(keys, "GenericName"),
        argv=_argv(keys, path) if shown else (),
        cwd=Path(folder) if folder else None,
        try_exec=_text(keys, "TryExec"),
        terminal=keys.get("Terminal") == "true",
        shown=shown,
    )


def _main_group(text: str) -> dict[str, str]:
    """Return the keys of `[Desktop Entry]`, the only group that says how to start the app."""
    keys: dict[str, str] = {}
    inside = False
    for raw in text.split("\n"):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            if inside:
                break
            inside = line == "[Desktop Entry]"
        elif inside:
            key, equals, value = line.partition("=")
            if not equals:
                raise ValueError(f"neither a key nor a group: {line[:80]!r}")
            keys[key.rstrip()] = value.lstrip()
    if not keys:
        raise ValueError("no [Desktop Entry] group")
    return keys


def _text(keys: Mapping[str, str], key: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPES[found[1]], keys.get(key, ""))


def _in_every_language(keys: Mapping[str, str], key: str) -> frozenset[str]:
    folded = {
        fold_name(_text(keys, each)) for each in keys if each == key or each.startswith(f"{key}[")
    }
    return frozenset(folded - {""})


def _argv(keys: Mapping[str, str], path: Path) -> Argv:
    icon = _text(keys, "Icon")
    codes = {"%": "%", "c": _text(keys, "Name"), "k": str(path)}
    argv: list[str] = []
    for word in _split(_text(keys, "Exec")):
        if word == "%i":
            argv += ["--icon", icon] if icon else []
            continue
        # The other codes stand for files and addresses, of which we have none.
        filled = _FIELD_CODE.sub(lambda found: codes.get(found[1], ""), word)
        if filled or not word:
            argv.append(filled)
    if not argv:
        raise ValueError("nothing to execute")
    return tuple(argv)


def _split(line: str) -> Iterator[str]:
    """Return the words of an Exec line, quotes removed."""
    word: str | None = None
    position = 0
    while position < len(line):
        part = _PART.match(line, position)
        if part is None:
            raise ValueError("a quote is not closed")
        position = part.end()
        if part["space"] is not None:
            if word is not None:
                yield word
            word = None
        elif part["double"] is not None:
            word = (word or "") + _QUOTED_ESCAPE.sub(r"\1", part["double"])
        else:
            word = (word or "") + (part["single"] or part["escaped"] or part["plain"] or "")
    if word is not None:
        yield word
