from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.errors import ConfigError
from voice_assistant.settings import Settings, is_loopback, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings of this machine; returns the file that would hold them."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VOICE_{name.upper()}", raising=False)
    file = tmp_path / "voice_assistant.toml"
    monkeypatch.setitem(Settings.model_config, "toml_file", file)
    return file


def test_defaults_of_the_contract() -> None:
    settings = load_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8889)
    assert settings.model_priority == ["large-v3-turbo", "medium", "base"]
    assert settings.gpu_memory_fraction == 0.5
    assert (settings.engine, settings.device, settings.compute_type) == ("auto", "auto", "auto")
    assert settings.keep_alive_s == 300
    assert (settings.language, settings.script) == ("zh", "simplified")
    assert settings.enable_ai_response is False
    assert settings.log_file.name == "voice_assistant.log"
    assert settings.allowed_origins == ["http://localhost:8888", "http://127.0.0.1:8888"]


def test_the_environment_wins_over_the_file(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean.write_text('port = 1234\nmodel = "base"\n', encoding="utf-8")
    monkeypatch.setenv("VOICE_PORT", "4321")
    assert (load_settings().port, load_settings().model) == (4321, "base")
    assert load_settings(port=99).port == 99


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_PORT", "")
    assert load_settings().port == 8889


def test_lists_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_ALLOWED_ORIGINS", '["http://Desk.lan:3000/"]')
    assert load_settings().allowed_origins == ["http://desk.lan:3000"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "0"),
        ("GPU_MEMORY_FRACTION", "1.5"),
        ("ENGINE", "magic"),
        ("ALLOWED_ORIGINS", '["*"]'),
        ("ALLOWED_ORIGINS", '["null"]'),
        ("ALLOWED_ORIGINS", "not json"),
        ("HOST", "0.0.0.0"),
        ("ENABLE_AI_RESPONSE", "true"),
        ("LANGUAGE", "Chinese, please"),
        ("LANGUAGE", "auto,zh"),
        ("LANGUAGE", "zh,"),
        ("SCRIPT", "cursive"),
        ("DEVICE", "tpu"),
        ("COMPUTE_TYPE", "int4"),
        ("KEEP_ALIVE_S", "-2"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"VOICE_{name}", value)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    assert name in str(caught.value.params["detail"]).upper()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "auto"),
        ("language", "zh,en,yue"),
        ("script", "traditional"),
        ("engine", "torch"),
        ("device", "cuda"),
        ("compute_type", "float32"),
        ("keep_alive_s", "-1"),
    ],
)
def test_what_can_be_chosen(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"VOICE_{name.upper()}", value)
    chosen = getattr(load_settings(), name)
    assert chosen == type(chosen)(value)


@pytest.mark.parametrize("content", ["port = ", "prot = 1", "[port]", "\xff"])
def test_a_broken_file_is_one_sentence(clean: Path, content: str) -> None:
    clean.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigError):
        load_settings()


def test_another_address_needs_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_HOST", "0.0.0.0")
    monkeypatch.setenv("VOICE_TOKEN", "sesame")
    settings = load_settings()
    assert settings.host == "0.0.0.0"
    assert "sesame" not in repr(settings)


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("example.org", False),
    ],
)
def test_loopback(host: str, ours: bool) -> None:
    assert is_loopback(host) is ours


@pytest.mark.parametrize("engine", ["ctranslate2", "fake"])
def test_a_card_needs_an_engine_for_it(engine: str) -> None:
    with pytest.raises(ConfigError, match="VOICE_ENGINE=torch"):
        load_settings(device="cuda", engine=engine)
    assert load_settings(device="cuda", engine="torch").device == "cuda"
