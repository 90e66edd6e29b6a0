from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from voice_assistant.desktop import get_desktop
from voice_assistant.settings import load_settings

pytestmark = pytest.mark.needs("xvfb", "calculator")

CALCULATORS = (
    ("galculator",),
    ("gnome-calculator",),
    ("kcalc",),
    ("mate-calc",),
    ("qalculate-gtk",),
    ("xcalc",),
)


@pytest.fixture
def session(xvfb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desktop session of our own; what was started in it ends with it."""
    monkeypatch.setenv("DISPLAY", xvfb)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = set(psutil.Process().children(recursive=True))
    yield
    started = set(psutil.Process().children(recursive=True)) - before
    for each in started:
        each.kill()
    # They are reaped by those who started them.
    assert psutil.wait_procs(started, timeout=20)[1] == []


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("candidates", "names"),
    [(CALCULATORS, ("计算器",)), ((), ("galculator", "Calculator", "KCalc", "MATE Calculator"))],
    ids=["by its program", "by its name"],
)
def test_a_calculator_window_opens(
    candidates: tuple[tuple[str, ...], ...],
    names: tuple[str, ...],
    wait_for_window: Callable[[str], None],
) -> None:
    desktop = get_desktop(load_settings(dry_run=False))
    outcome = desktop.start_app(candidates, names)
    assert outcome.code == "started", outcome.detail
    # What is common to galculator, gnome-calculator, kcalc, xcalc…
    wait_for_window("alc")
