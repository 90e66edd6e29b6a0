"""Checkouts to start: a fresh one, and one that was started before."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.tiny_project import STAGE_2_CODE, TinyProject, make_project

# POSIX signals, terminals and a fake apt-get: Windows has none of them.
_POSIX_ONLY = [
    "test_interrupted.py",
    "test_offer_terminal.py",
    "test_stopping.py",
    "test_system_packages.py",
]
collect_ignore = _POSIX_ONLY if sys.platform == "win32" else []


@pytest.fixture
def project(tmp_path: Path) -> TinyProject:
    return make_project(tmp_path)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    """Started once, and only to be copied: making an environment takes seconds."""
    project = make_project(tmp_path_factory.mktemp("installed"))
    code, output = project.start()
    assert code == STAGE_2_CODE, output
    return project


@pytest.fixture
def ready(installed: TinyProject, tmp_path: Path) -> TinyProject:
    """A checkout that was started before."""
    copy = TinyProject(tmp_path / "project", tmp_path / "wheels")
    shutil.copytree(installed.root, copy.root, symlinks=True)
    shutil.copytree(installed.wheels, copy.wheels)
    return copy
