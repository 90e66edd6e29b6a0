"""Understand what is asked of `start.py`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from voice_assistant.errors import LaunchError

Command = Literal["serve", "setup", "check", "test", "download", "help"]


@dataclass(frozen=True)
class Arguments:
    """Hold one command line, understood.

    Attributes:
        command: what to do.
        host: overrides the setting, for this run.
        port: overrides the setting, for this run.
        yes: answers every question with yes, for this run.
        rest: arguments for pytest, after `test`, or for the downloader, after `download`.
    """

    command: Command
    host: str | None = None
    port: int | None = None
    yes: bool = False
    rest: tuple[str, ...] = ()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise LaunchError("launcher.bad_arguments", detail=message)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all but `test` and `download`, whose help is `launcher.help`."""
    parser = _Parser(prog="start.py", add_help=False, allow_abbrev=False)
    commands = ("serve", "setup", "check", "test")
    parser.add_argument("command", nargs="?", choices=commands, default="serve")
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--yes", "-y", action="store_true")
    return parser


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Return what a command line asks for.

    Raises:
        LaunchError: it cannot be understood.
    """
    if argv and argv[0] == "test" and not {"-h", "--help"} & set(argv):
        return Arguments("test", rest=tuple(argv[1:]))
    if argv and argv[0] == "download":
        return Arguments("download", rest=tuple(argv[1:]))
    parsed = make_parser().parse_args(argv)
    command: Command = "help" if parsed.help else parsed.command
    return Arguments(command, parsed.host, parsed.port, parsed.yes)
