from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.models import modelscope

NAMES = [
    *("MODELSCOPE_ENDPOINT", "MODELSCOPE_DOMAIN", "MODELSCOPE_API_TOKEN", "MODELSCOPE_CACHE"),
    *("MODELSCOPE_DOWNLOAD_PARALLEL_WORKERS", "MODELSCOPE_DOWNLOAD_TIMEOUT"),
]


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert modelscope.endpoint() == "https://www.modelscope.cn"
    assert modelscope.token() == ""
    assert modelscope.cache() == tmp_path / ".cache" / "modelscope"
    assert modelscope.connections() is None
    assert modelscope.idle_s() is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("hub.example.org", "https://hub.example.org"),
        (" https://www.modelscope.ai ", "https://www.modelscope.ai"),
    ],
)
def test_the_endpoint_under_either_name(
    said: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSCOPE_DOMAIN", said)
    assert modelscope.endpoint() == expected
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://first")
    assert modelscope.endpoint() == "http://first"


def test_the_cache_may_be_below_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("MODELSCOPE_CACHE", "~/models")
    assert modelscope.cache() == tmp_path / "models"


def test_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", "secret\n")
    assert modelscope.token() == "secret"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *(("4", 4), ("0", None), ("-1", None), ("many", None), ("", None), ("²", None)),
        pytest.param("9" * 5000, 999_999_999, id="5000 digits"),
    ],
)
def test_numbers(said: str, expected: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_DOWNLOAD_PARALLEL_WORKERS", said)
    monkeypatch.setenv("MODELSCOPE_DOWNLOAD_TIMEOUT", said)
    assert (modelscope.connections(), modelscope.idle_s()) == (expected, expected)
