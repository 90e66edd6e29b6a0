from __future__ import annotations

from pathlib import Path

from hypothesis import example, given

from tests.support.properties import one_in, unreliable
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.errors import ConfigError
from voice_assistant.messages import Locale, say

LANGUAGES: tuple[Locale, ...] = ("zh", "en")
GOOD = """# mine
[[app]]
name = "小黄鸭"
aliases = ["rubber duck", ""]
command = { linux = [["duck", "-y"], ["duck"]], windows = ["duck.exe"] }

[[site]]
name = "维基"
url = "https://wiki.example.org"
search = "https://wiki.example.org/s?q={query}"
""".encode()


def replace(file: Path, data: bytes) -> None:
    """Write another file each time, so that two within a tick of the clock are told apart."""
    fresh = file.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(file)


def test_any_file_leaves_commands_in_force(tmp_path: Path) -> None:
    file = tmp_path / "commands.toml"
    library = CommandLibrary(file, "linux")

    @one_in(2)
    @given(unreliable(GOOD))
    @example(GOOD)
    @example(b"a=" + b"[" * 50_000)
    @example(GOOD.replace(b"\n[[site]]", b"x = 1e999\n[[site]]"))
    def decide_with(data: bytes) -> None:
        replace(file, data)
        assert library.decide("打开计算器").is_command
        if library.problem is None:
            return
        assert isinstance(library.problem, ConfigError)
        detail = str(library.problem.params["detail"])
        for language in LANGUAGES:
            assert detail in say(library.problem.code, language, **library.problem.params)

    decide_with()
    replace(file, GOOD)
    assert library.decide("打开小黄鸭").is_command
    assert library.problem is None
