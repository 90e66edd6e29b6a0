"""Say what there is, whether it works, and what repairs it: `test_gpu.py`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn

from voice_assistant.console import Console
from voice_assistant.installation.environment import Environment
from voice_assistant.messages import choose_locale, say
from voice_assistant.processes.json_lines import write_json
from voice_assistant.self_check.codes import BAD_ARGUMENTS, INTERRUPTED, NO_ENVIRONMENT, WORKS

_FILES = ["requirements.txt"]


class _BadArgumentsError(Exception):
    """Say that the command line cannot be understood."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _BadArgumentsError(message)


def main(argv: Sequence[str]) -> int:
    """Run one command line and return the exit code, as the help lists them.

    It runs on the standard library until the environment is there, and then in that.

    Args:
        argv: without the program's name.
    """
    console = Console(choose_locale(os.environ.get("VOICE_LOCALE", "auto")))
    parser = _Parser(prog="test_gpu.py", add_help=False, allow_abbrev=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("-h", "--help", action="store_true")
    try:
        arguments = parser.parse_args(argv)
    except _BadArgumentsError as error:
        console.show("error", "gpu.bad_arguments", detail=error)
        return BAD_ARGUMENTS
    if arguments.help:
        console.show("plain", "gpu.help")
        return WORKS
    environment = Environment()
    if not environment.is_ready(_FILES):
        return _refuse(console, as_json=arguments.json)
    if not environment.is_current():
        return environment.rerun()
    try:
        return _check(console, as_json=arguments.json, as_table=arguments.table)
    except ModuleNotFoundError as error:
        if (error.name or "voice_assistant").startswith("voice_assistant"):
            raise
        return _refuse(console, as_json=arguments.json)
    except KeyboardInterrupt:
        return INTERRUPTED


def _refuse(console: Console, *, as_json: bool) -> int:
    """Say what can be said without the environment, and return the exit code."""
    from voice_assistant.machine.pci import lists_nvidia

    seen = lists_nvidia()
    key = "gpu.no_environment_card" if seen else "gpu.no_environment"
    if as_json:
        problem = {
            "code": key,
            "sentence": say(key, console.language),
            "commands": ["python start.py"],
        }
        found = {"nvidia_in_pci": seen, "problem": problem, "exit_code": NO_ENVIRONMENT}
        write_json(found, indent=1)
    else:
        console.show("error", key)
    return NO_ENVIRONMENT


def _check(console: Console, *, as_json: bool, as_table: bool) -> int:
    """Gather, judge, write, and return the exit code."""
    from voice_assistant.choice.surroundings import look_around
    from voice_assistant.console import colourful_console
    from voice_assistant.errors import VoiceError
    from voice_assistant.models.known import find_models
    from voice_assistant.self_check import report
    from voice_assistant.self_check.gather import ask_patiently, gather
    from voice_assistant.self_check.problems import exit_code, find_problem
    from voice_assistant.self_check.table import table
    from voice_assistant.settings import load_settings

    try:
        settings = load_settings()
        models = find_models(settings.models_file)
    except VoiceError as error:
        console.show("error", error.code, **error.params)
        return BAD_ARGUMENTS
    console = colourful_console(choose_locale(settings.locale))
    if as_table:
        console.write("plain", table(settings, models, console.language))
        return WORKS
    if not as_json:
        console.show("section", "gpu.checking")
    facts = gather(settings, look_around(settings, models, ask_patiently()))
    problem = find_problem(facts, console.language)
    if as_json:
        write_json(report.as_dict(facts, problem, console.language), indent=1)
    else:
        report.show_report(console, facts, problem)
    return exit_code(facts)
