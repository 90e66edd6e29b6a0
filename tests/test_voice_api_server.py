from __future__ import annotations

import subprocess
import sys

import pytest
from fastapi import FastAPI

import voice_api_server
from voice_assistant import ROOT


def test_app_is_made_once_when_asked_for() -> None:
    app = voice_api_server.app
    assert isinstance(app, FastAPI)
    assert voice_api_server.app is app


def test_there_is_nothing_else() -> None:
    with pytest.raises(AttributeError):
        _ = voice_api_server.other


def test_importing_the_file_makes_no_app() -> None:
    """The speech process imports it as its main module."""
    code = "import sys, voice_api_server; sys.exit('fastapi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_service_imports_nothing_that_runs_models() -> None:
    code = "import sys, voice_api_server; voice_api_server.app; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert {"fastapi", "psutil"} <= set(done.stdout.split())
    assert {"torch", "ctranslate2", "av", "tiktoken"} & set(done.stdout.split()) == set()
