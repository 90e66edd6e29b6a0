"""Understand what is asked of `download_whisper_modelscope.py`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from voice_assistant.errors import LaunchError
from voice_assistant.models.download.offer import WantedSource

Action = Literal["fetch", "list", "verify", "remove", "help"]


@dataclass(frozen=True)
class Arguments:
    """Hold one command line, understood.

    Attributes:
        action: what to do.
        model: which model; `None`: ask, or all for `list` and `verify`.
        folder: instead of `VOICE_MODEL_DIR`.
        source: where to fetch from.
        yes: answer every question with yes.
        json: write one JSON object a line instead of sentences.
    """

    action: Action
    model: str | None = None
    folder: Path | None = None
    source: WantedSource = "auto"
    yes: bool = False
    json: bool = False


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise LaunchError("download.bad_arguments", detail=message)


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Return what a command line asks for.

    Raises:
        LaunchError: it cannot be understood.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    for action in ("list", "verify", "remove", "help"):
        short = ("-h",) if action == "help" else ()
        parser.add_argument(
            *short, f"--{action}", dest="action", action="store_const", const=action
        )
    parser.set_defaults(action="fetch")
    parser.add_argument("--model")
    parser.add_argument("--dir", dest="folder", type=Path)
    parser.add_argument(
        "--source", choices=("auto", "modelscope", "official", "registry"), default="auto"
    )
    parser.add_argument("--yes", "-y", action="store_true")
    parser.add_argument("--json", action="store_true")
    return Arguments(**vars(parser.parse_args(argv)))
