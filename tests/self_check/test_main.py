from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.self_check.conftest import Computers
from voice_assistant.installation.environment import Environment
from voice_assistant.messages import sentences
from voice_assistant.self_check import codes
from voice_assistant.self_check.facts import Facts
from voice_assistant.self_check.main import main

Check = Callable[[Facts], None]


@pytest.fixture(autouse=True)
def check(monkeypatch: pytest.MonkeyPatch) -> Check:
    """In the environment, which is there; says what will be found."""
    monkeypatch.setenv("VOICE_LOCALE", "en")
    monkeypatch.setattr(Environment, "is_ready", lambda *_: True)
    monkeypatch.setattr(Environment, "is_current", lambda _: True)

    def finds(facts: Facts) -> None:
        monkeypatch.setattr("voice_assistant.self_check.gather.gather", lambda *_: facts)

    return finds


@pytest.mark.parametrize("as_json", [True, False])
def test_exit_codes(
    check: Check, computers: Computers, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    for facts, code in (
        (computers.good, codes.WORKS),
        (computers.broken(installed=None), codes.CANNOT_BE_USED),
        (computers.bare, codes.NO_CARD),
    ):
        check(facts)
        assert main(["--json"] if as_json else []) == code
        written = capsys.readouterr()
        assert written.err == ""
        if as_json:
            assert json.loads(written.out)["exit_code"] == code
        else:
            assert "Self-check of the graphics card" in written.out


@pytest.mark.parametrize("line", ["--nope", "now", "--jso"])
def test_bad_arguments(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([line]) == codes.BAD_ARGUMENTS
    assert "python test_gpu.py --help" in capsys.readouterr().err


def test_bad_settings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("VOICE_PORT", "many")
    assert main([]) == codes.BAD_ARGUMENTS
    assert "VOICE_PORT" in capsys.readouterr().err


def test_help_lists_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "Exit codes:" in capsys.readouterr().out
    for language in ("zh", "en"):
        for code in range(codes.NO_ENVIRONMENT + 1):
            assert f"\n  {code}  " in sentences(language)["gpu.help"]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--table"]) == 0
    assert capsys.readouterr().out.startswith("| card | Whisper |")


@pytest.mark.parametrize(
    ("seen", "said"), [(True, "there is an NVIDIA card"), (False, "no NVIDIA")]
)
def test_before_the_environment_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seen: bool, said: str
) -> None:
    monkeypatch.setattr(Environment, "is_ready", lambda *_: False)
    monkeypatch.setattr("voice_assistant.machine.pci.lists_nvidia", lambda: seen)
    assert main([]) == codes.NO_ENVIRONMENT
    error = capsys.readouterr().err
    assert "Run python start.py first" in error
    assert said in error
    assert main(["--json"]) == codes.NO_ENVIRONMENT
    found = json.loads(capsys.readouterr().out)
    assert (found["exit_code"], found["nvidia_in_pci"]) == (codes.NO_ENVIRONMENT, seen)
    assert found["problem"]["commands"] == ["python start.py"]


def test_in_another_python_it_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Environment, "is_current", lambda _: False)
    monkeypatch.setattr(Environment, "rerun", lambda _: 42)
    assert main(["--json"]) == 42
