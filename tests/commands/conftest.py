"""The built-in wordings and names, for the tests of this room."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

import voice_assistant.commands
from voice_assistant.commands.grammar import Grammar
from voice_assistant.commands.library import CommandLibrary

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GRAMMAR_FILE = Path(voice_assistant.commands.__file__).parent / "data" / "grammar.toml"


@pytest.fixture(scope="session")
def grammar_data() -> dict[str, Any]:
    """The content of `data/grammar.toml`; not to be changed."""
    data: dict[str, Any] = tomllib.loads(GRAMMAR_FILE.read_text(encoding="utf-8"))
    return data


@pytest.fixture(scope="session")
def grammar(grammar_data: dict[str, Any]) -> Grammar:
    """The built-in wordings."""
    return Grammar(grammar_data)


@pytest.fixture(scope="session")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> CommandLibrary:
    """Built-in wordings and names, and nothing of a user's."""
    return CommandLibrary(tmp_path_factory.mktemp("no-user") / "commands.toml", "linux")
