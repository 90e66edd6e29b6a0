"""Prepare the environment, then do there what was asked for: `start.py`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from voice_assistant.console import Console, colourful_console
from voice_assistant.errors import LaunchError, VoiceError
from voice_assistant.installation.environment import Environment
from voice_assistant.launcher.arguments import Arguments, parse_arguments
from voice_assistant.messages import choose_locale
from voice_assistant.processes.collector import permanent_objects

INTERRUPTED = 130
"""Exit code when the user stops an installation; 128 + SIGINT, as shells have it."""

_BAD_USAGE = 2


def main(argv: Sequence[str]) -> int:
    """Run one command line and return the exit code.

    Args:
        argv: without the program's name; what `sys.argv` holds besides it.
    """
    stop_on_signals()
    console = Console(choose_locale(os.environ.get("VOICE_LOCALE", "auto")))
    try:
        try:
            arguments = parse_arguments(argv)
        except LaunchError as error:
            console.show("error", error.code, **error.params)
            return _BAD_USAGE
        if arguments.command == "help":
            console.show("plain", "launcher.help")
            return 0
        return _run(arguments, console)
    except VoiceError as error:
        console.show("error", error.code, **error.params)
        return 1
    except KeyboardInterrupt:
        console.show("warning", "launcher.interrupted")
        return INTERRUPTED


def _run(arguments: Arguments, console: Console) -> int:
    environment = Environment()
    files = ["requirements.txt"]
    if arguments.command in ("check", "test"):
        files += ["requirements-dev.txt", "requirements-torch.txt"]
    changed = environment.prepare(files, console)
    if changed or not environment.is_current():
        return environment.rerun()

    try:
        console = colourful_console(console.language)
        if arguments.command == "check":
            from voice_assistant.launcher.testing import run_checks

            return run_checks(environment.root, console)
        if arguments.command == "test":
            from voice_assistant.launcher.testing import run_tests

            return run_tests(environment.root, arguments.rest, console)
        if arguments.command == "download":
            with permanent_objects():
                from voice_assistant.downloader.main import run
            return run(arguments.rest, console)
        with permanent_objects():
            from voice_assistant.launcher.serve import serve
        return serve(arguments, console)
    except ModuleNotFoundError as error:
        if (error.name or "voice_assistant").startswith("voice_assistant"):
            raise
        environment.distrust()
        raise LaunchError("launcher.module_missing", module=error.name) from error


def stop_on_signals() -> None:
    """Let every usual way to stop a program unwind it, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if sys.platform == "win32":
        signal.signal(signal.SIGBREAK, signal.default_int_handler)
    elif signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # nohup ignores it: leave that
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
