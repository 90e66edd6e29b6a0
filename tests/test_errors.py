from __future__ import annotations

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice_assistant import ROOT, errors
from voice_assistant.errors import (
    STATUS,
    AudioError,
    ConfigError,
    LaunchError,
    ModelError,
    NotReadyError,
    RequestError,
    VoiceError,
)
from voice_assistant.messages import Locale, sentences


@pytest.mark.parametrize(
    "kind", [VoiceError, AudioError, ConfigError, ModelError, NotReadyError, RequestError]
)
def test_errors_cross_processes(kind: type[VoiceError]) -> None:
    error = pickle.loads(pickle.dumps(kind("AUDIO_TOO_LONG", limit_s=600.0)))  # noqa: S301
    assert type(error) is kind
    assert (error.code, error.params, error.status) == ("AUDIO_TOO_LONG", {"limit_s": 600.0}, 413)


def test_every_status_is_an_error() -> None:
    assert all(400 <= status < 600 for status in STATUS.values())


def test_what_ends_a_program_is_in_the_same_tree_and_never_meets_http() -> None:
    error = LaunchError("launcher.folder_error", folder=Path("/tmp"), detail=OSError("gone"), at=7)
    assert isinstance(error, VoiceError)
    assert error.params == {"folder": str(Path("/tmp")), "detail": "gone", "at": 7}
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(again), again.code, again.params) == (LaunchError, error.code, error.params)
    with pytest.raises(KeyError):
        error.status  # noqa: B018


def raised() -> Iterator[tuple[str, str]]:
    """Every error that the program makes with a code in quotes: its class, and the code."""
    for path in (ROOT / "voice_assistant").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
                continue
            kind, code = getattr(errors, node.func.id, None), node.args[0]
            made = isinstance(kind, type) and issubclass(kind, VoiceError)
            if made and isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield node.func.id, code.value


def test_every_error_that_http_can_meet_has_a_status() -> None:
    codes = {code for kind, code in raised() if kind != "LaunchError"}
    assert len(codes) > 20
    assert codes <= set(STATUS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_error_has_a_sentence(language: Locale) -> None:
    assert {code for _, code in raised()} <= set(sentences(language))
