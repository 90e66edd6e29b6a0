"""Show how sentences are understood: `python -m voice_assistant.commands "打开计算器" …`.

Without sentences it reads them from the standard input, one a line. Nothing is launched. The user's
`commands.toml` counts, as in the service.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import sys
from collections.abc import Iterator, Sequence

from typing_extensions import assert_never

from voice_assistant.commands.decision import (
    Chat,
    CloseApp,
    Command,
    Decision,
    OpenApp,
    OpenSite,
    Search,
    SystemAction,
    Understanding,
    Unresolved,
)
from voice_assistant.commands.library import CommandLibrary, builtin
from voice_assistant.commands.names.entry import this_platform
from voice_assistant.commands.wordings.sampler import samples
from voice_assistant.errors import ConfigError
from voice_assistant.messages import Locale, choose_locale, say, system_locale
from voice_assistant.settings import load_settings


def main(argv: Sequence[str]) -> int:
    """Run one command line and return the exit code.

    Args:
        argv: the sentences; what `sys.argv` holds besides the program's name.
    """
    parser = argparse.ArgumentParser(prog="python -m voice_assistant.commands", description=__doc__)
    parser.add_argument("sentences", nargs="*", metavar="句子")
    parser.add_argument(
        "--sample",
        nargs="?",
        const="计算器",
        metavar="名称",
        help="print every wording that opens or closes this app, and all others",
    )
    arguments = parser.parse_args(argv)
    sentences = arguments.sentences
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if arguments.sample:
        for sample in samples(builtin("grammar"), arguments.sample, "百度"):
            sys.stdout.write(f"{sample.form}\t{sample.text}\n")
        return 0
    try:
        settings = load_settings()
    except ConfigError as error:
        sys.stderr.write(say(error.code, system_locale(), **error.params) + "\n")
        return 1
    language = choose_locale(settings.locale)
    library = CommandLibrary(settings.commands_file, this_platform())
    if sentences:
        sys.stdout.write("\n".join(explain(library, text, language) for text in sentences))
        return 0
    if sys.stdin.isatty():
        sys.stdout.write(say("commands.hint", language) + "\n")
    try:
        for line in sys.stdin:
            sys.stdout.write(explain(library, line.rstrip("\n"), language) + "\n")
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    return 0


def explain(library: CommandLibrary, text: str, language: Locale) -> str:
    """Return the steps from `text` to its decision, each on a line of its own."""
    trace = library.trace(text)
    lines = [text, say("commands.normalised", language, text=trace.sentence)]
    lines += [say("commands.head_off", language, text=core) for core in trace.cores[1:]]
    if trace.names:
        lines.append(
            say("commands.names", language, names=json.dumps(trace.names, ensure_ascii=False))
        )
    lines += _shown(trace.understanding)
    if library.problem is not None:
        lines.append(say("commands_file.broken", language, **library.problem.params))
    return "\n  ".join(lines) + "\n"


def _shown(understanding: Understanding) -> Iterator[str]:
    """Yield `name: value` for each field that says something; all but texts as JSON."""
    for decision in understanding.decisions:
        for name, value in _fields(decision, understanding).items():
            if value not in (None, (), False):
                shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                yield f"{name}: {shown}"


def _fields(decision: Decision, understanding: Understanding) -> dict[str, object]:
    match decision:
        case Chat():
            return {"kind": "chat", "reason": decision.reason}
        case Unresolved():
            fields = {"target": decision.name, "choices": decision.choices}
            return {"kind": "unresolved", "reason": decision.reason, **fields}
    return {
        "kind": "command",
        "reason": decision.reason,
        "confidence": understanding.confidence,
        "command_type": decision.command_type,
        "target": decision.target,
        **_details(decision),
        "remainder": understanding.remainder,
        "needs_confirmation": decision.needs_confirmation,
    }


def _details(command: Command) -> dict[str, object]:
    match command:
        case OpenApp(commands=commands, names=names, own=own, fallback_url=url):
            return {"commands": commands, "names": names, "own": own, "url": url}
        case OpenSite(names=names, own=own, url=url, app_first=app_first):
            return {"names": names, "own": own, "url": url, "app_first": app_first}
        case Search(url=url):
            return {"url": url}
        case SystemAction(value=value):
            return {"value": value}
        case CloseApp(commands=commands, names=names, own=own, name=name):
            return {"commands": commands, "names": names, "own": own, "value": name}
        case _:
            assert_never(command)


if __name__ == "__main__":
    # What the library logs about a broken file is said in `explain`.
    logging.disable()
    sys.exit(main(sys.argv[1:]))
