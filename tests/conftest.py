"""What tests of several rooms share."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.support.properties import load_profile
from voice_assistant.models.known import built_in
from voice_assistant.models.store import install_model

pytest_plugins = ["tests.support.app", "tests.support.recognition", "tests.support.tiny_project"]

_FOLDER_VARIABLE = "VOICE_TEST_MODELS"


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the real model, which all workers inherit and the first process removes."""
    load_profile()
    if _FOLDER_VARIABLE in os.environ:
        return
    # Made only if a test needs it, so that a run that is killed leaves nothing else behind.
    folder = Path(tempfile.gettempdir(), f"voice-test-models-{os.getpid()}")
    os.environ[_FOLDER_VARIABLE] = str(folder)

    def remove() -> None:
        del os.environ[_FOLDER_VARIABLE]
        if folder.exists():
            shutil.rmtree(folder)

    config.add_cleanup(remove)


@pytest.fixture(scope="session")
def model_dir() -> Path:
    """A folder with the real model in it; not to be changed."""
    folder = Path(os.environ[_FOLDER_VARIABLE])
    install_model(built_in()["base"], folder)
    return folder


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
