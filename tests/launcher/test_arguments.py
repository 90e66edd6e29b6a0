from __future__ import annotations

import re

import pytest

from voice_assistant import ROOT
from voice_assistant.errors import LaunchError
from voice_assistant.launcher.arguments import Arguments, make_parser, parse_arguments
from voice_assistant.messages import Locale, say


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("", Arguments("serve")),
        ("serve", Arguments("serve")),
        ("--port 8890 --host ::1", Arguments("serve", "::1", 8890)),
        ("--yes", Arguments("serve", yes=True)),
        ("-y --port 8890", Arguments("serve", None, 8890, yes=True)),
        ("setup", Arguments("setup")),
        ("check", Arguments("check")),
        ("test", Arguments("test")),
        ("test tests/launcher -k x", Arguments("test", rest=("tests/launcher", "-k", "x"))),
        ("download --model base --yes", Arguments("download", rest=("--model", "base", "--yes"))),
        ("--help", Arguments("help")),
        ("-h", Arguments("help")),
        ("setup -h", Arguments("help")),
        ("test --help", Arguments("help")),
    ],
)
def test_parse(line: str, arguments: Arguments) -> None:
    assert parse_arguments(line.split()) == arguments


@pytest.mark.parametrize(
    "line", ["--nope", "dance", "--port", "--port x", "--por 1", "setup now", "check tests"]
)
def test_what_cannot_be_understood(line: str) -> None:
    with pytest.raises(LaunchError) as caught:
        parse_arguments(line.split())
    assert caught.value.code == "launcher.bad_arguments"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_names_every_command_and_option(language: Locale) -> None:
    text = say("launcher.help", language)
    for name in ("setup", "check", "test", *make_parser()._option_string_actions):
        assert name in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_names_the_page_of_all_settings(language: Locale) -> None:
    [name] = re.findall(r"[\w./-]+\.md", say("launcher.help", language))
    assert "VOICE_QUEUE_SIZE" in (ROOT / name).read_text(encoding="utf-8")
