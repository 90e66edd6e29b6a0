"""The application as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.app import app_for
from voice_assistant import ROOT
from voice_assistant.errors import ConfigError
from voice_assistant.settings import Settings

HEAVY = {"av", "ctranslate2", "numpy", "tiktoken", "torch"}
"""What runs a model; only the speech process has it in memory."""


def test_the_service_stays_light() -> None:
    code = "import sys, voice_assistant.api.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"fastapi", "psutil", "pydantic"} <= loaded
    assert not loaded & HEAVY


def test_models_that_are_described_wrongly_are_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "models.toml"
    broken.write_text("[[model]]", encoding="utf-8")
    with pytest.raises(ConfigError, match="CONFIG_INVALID") as caught:
        app_for(Settings(engine="fake", log_file=tmp_path / "log", models_file=broken))
    assert caught.value.params["detail"] == f"{broken}: 'name' is missing or unknown"
