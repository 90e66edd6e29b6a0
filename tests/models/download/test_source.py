from __future__ import annotations

import pytest

from voice_assistant.models.download.source import Source, find_source
from voice_assistant.models.model import ModelFile

FILE = ModelFile("mode l.bin", 1, "0" * 64, "who/tiny", "http://127.0.0.1:9/files/model.bin")
PATH = "/api/v1/models/who/tiny/repo?Revision=master&FilePath=mode%20l.bin"


def test_the_address_on_modelscope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:8000/")
    assert find_source("modelscope", FILE) == Source("modelscope", "http://127.0.0.1:8000" + PATH)


def test_a_token_goes_to_modelscope_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", "secret")
    found = [find_source(name, FILE) for name in ("modelscope", "official")]
    assert [source and source.cookie for source in found] == ["m_session_id=secret", ""]


def test_the_publishers_address() -> None:
    assert find_source("official", FILE) == Source("official", FILE.url)


def test_what_a_source_does_not_have() -> None:
    nowhere = ModelFile("model.bin", 1, "0" * 64)
    for name in ("modelscope", "official", "registry"):
        assert find_source(name, nowhere) is None
    assert find_source("registry", FILE) is None
