from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.downloader.arguments import Arguments, parse_arguments
from voice_assistant.errors import LaunchError


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", Arguments("fetch")),
        ("--yes", Arguments("fetch", yes=True)),
        ("-y --json", Arguments("fetch", yes=True, json=True)),
        ("--model small --dir kept", Arguments("fetch", "small", Path("kept"))),
        ("--model small --source official", Arguments("fetch", "small", source="official")),
        ("--list", Arguments("list")),
        ("--verify --model base", Arguments("verify", "base")),
        ("--remove --model base", Arguments("remove", "base")),
        ("-h", Arguments("help")),
        ("--help", Arguments("help")),
    ],
)
def test_what_is_understood(line: str, expected: Arguments) -> None:
    assert parse_arguments(line.split()) == expected


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("small", "small"),
        ("--mod small", "--mod"),
        ("--model", "--model"),
        ("--source elsewhere", "elsewhere"),
        ("--quick", "--quick"),
    ],
)
def test_what_is_not_understood(line: str, named: str) -> None:
    with pytest.raises(LaunchError) as caught:
        parse_arguments(line.split())
    assert caught.value.code == "download.bad_arguments"
    assert named in str(caught.value.params["detail"])
