from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import unreliable
from voice_assistant.errors import ConfigError
from voice_assistant.messages import say
from voice_assistant.settings import Settings, is_loopback, load_settings

GOOD = b"""host = "127.0.0.1"
port = 8889
allowed_hosts = ["desk.lan:8889"]
allowed_origins = ["http://localhost:8888"]
keep_alive_s = 300.0
gpu_memory_fraction = 0.5
language = "zh,en"
ai_base_url = "http://127.0.0.1:11434/v1"
log_file = "voice_assistant.log"
dry_run = false
"""

# Names of Windows' environment have no case, and no zero is in any.
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
LIKELY = st.sampled_from(
    [
        *("", "0", "1", "-1", "1e999", "nan", "true", "auto", "zh", "[]", '["a"]', '["*"]', "{}"),
        *("[1]", "http://[::1", "0.0.0.0", "::1", "9" * 5000, "null", "/tmp", "~"),
    ]
)
TOML = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No settings of this machine, and the file that holds others."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VOICE_{name.upper()}", raising=False)
    file = tmp_path / "voice_assistant.toml"
    monkeypatch.setitem(Settings.model_config, "toml_file", file)
    return file


def loaded(**overrides: Any) -> Settings | None:
    """The settings, unless they are refused in a sentence."""
    try:
        return load_settings(**overrides)
    except ConfigError as error:
        assert error.params["detail"]
        assert say(error.code, "zh", **error.params)
        return None


def assert_safe(settings: Settings) -> None:
    """Whatever was set, nobody from elsewhere gets in without a token."""
    assert settings.token is not None or is_loopback(settings.host)
    lists = [*settings.allowed_hosts, *settings.allowed_origins]
    assert not any("*" in each or each == "null" for each in lists)
    assert 1 <= settings.port <= 65535
    assert 0 < settings.gpu_memory_fraction <= 1
    for path in (settings.log_file, settings.model_dir, settings.commands_file):
        assert "\0" not in str(path)


@given(unreliable(GOOD))
@example(b"a=" + b"[" * 50_000)
@example(GOOD.replace(b'"voice_assistant.log"', b'"\\u0000"'))
def test_any_file_is_settings_or_one_sentence(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    if settings := loaded():
        assert_safe(settings)


@given(st.sampled_from(sorted(Settings.model_fields)), VALUES | LIKELY)
@example("allowed_origins", "[" * 50_000)
def test_any_variable_is_a_setting_or_one_sentence(name: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"VOICE_{name.upper()}", value)
        if settings := loaded():
            assert_safe(settings)


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), TOML, max_size=3))
def test_any_value_of_a_file_is_a_setting_or_one_sentence(values: dict[str, Any]) -> None:
    if settings := loaded(**values):
        assert_safe(settings)


def test_the_sample_is_good(file: Path) -> None:
    file.write_bytes(GOOD)
    settings = loaded()
    assert settings is not None
    assert settings.port == tomli.loads(GOOD.decode())["port"]


@given(st.text(max_size=20) | st.ip_addresses().map(str))
@example("127.0.0.1 ")
@example("localhost.")
def test_only_what_no_other_computer_reaches_is_loopback(host: str) -> None:
    if is_loopback(host):
        assert host == "localhost" or host.startswith("127.") or ":" in host
