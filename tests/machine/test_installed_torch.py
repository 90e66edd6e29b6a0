from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.machine.test_torch_builds import NEW, OLD, card
from voice_assistant.installation.stamp import BEGUN, Stamp
from voice_assistant.machine import installed_torch
from voice_assistant.machine.card import Driver
from voice_assistant.machine.installed_torch import Installed, find_installed, serves


@pytest.mark.parametrize(
    ("text", "installed"),
    [
        ("__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n", Installed("2.13.0+cpu", "")),
        ("__version__ = '2.11.0+cu128'\ncuda: str = '12.8'\n", Installed("2.11.0+cu128", "12.8")),
        ("nothing of the kind", None),
        (None, None),
    ],
)
def test_find_installed(tmp_path: Path, text: str | None, installed: Installed | None) -> None:
    if text is not None:
        (tmp_path / "torch").mkdir()
        (tmp_path / "torch" / "version.py").write_text(text, encoding="utf-8")
    assert find_installed(tmp_path) == installed


def test_the_torch_that_is_imported_is_the_one_found(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    assert find_installed() == Installed(torch.__version__, torch.version.cuda or "")
    monkeypatch.setattr(installed_torch.importlib.util, "find_spec", lambda _: None)  # type: ignore[attr-defined]
    assert find_installed() is None


def test_what_the_launcher_is_still_installing_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "torch" / "__init__.py"
    package.parent.mkdir()
    package.with_name("version.py").write_text("__version__ = '2.13.0+cu130'\ncuda: str = '13.0'")
    spec = SimpleNamespace(origin=str(package))
    monkeypatch.setattr(installed_torch.importlib.util, "find_spec", lambda _: spec)  # type: ignore[attr-defined]
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    Stamp(torch=BEGUN).write(tmp_path)
    assert find_installed() is None
    Stamp().write(tmp_path)
    assert find_installed() == Installed("2.13.0+cu130", "13.0")


@pytest.mark.parametrize(
    ("cuda", "capability", "driver", "usable"),
    [
        ("13.0", (8, 9), NEW, True),
        ("13.0", (8, 9), OLD, False),
        ("12.6", (8, 9), OLD, True),
        ("12.6", (12, 0), NEW, False),
        ("13.0", (6, 1), NEW, False),
        ("12.8", (12, 0), NEW, True),  # the user's own
        ("", (8, 9), NEW, False),
        ("13.0", (8, 9), Driver("", problem="mismatch"), False),
    ],
)
def test_serves(cuda: str, capability: tuple[int, int], driver: Driver, usable: bool) -> None:
    assert serves(Installed("2.13.0", cuda), card(*capability), driver) is usable
    assert not serves(None, card(*capability), driver)
