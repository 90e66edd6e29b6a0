from __future__ import annotations

import pickle

import pytest

from voice_assistant.errors import (
    STATUS,
    AudioError,
    ConfigError,
    ModelError,
    NotReadyError,
    RequestError,
    VoiceError,
)


@pytest.mark.parametrize(
    "kind", [VoiceError, AudioError, ConfigError, ModelError, NotReadyError, RequestError]
)
def test_errors_cross_processes(kind: type[VoiceError]) -> None:
    error = pickle.loads(pickle.dumps(kind("AUDIO_TOO_LONG", limit_s=600.0)))  # noqa: S301
    assert type(error) is kind
    assert (error.code, error.params, error.status) == ("AUDIO_TOO_LONG", {"limit_s": 600.0}, 413)


def test_every_status_is_an_error() -> None:
    assert all(400 <= status < 600 for status in STATUS.values())
