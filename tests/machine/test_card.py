from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from voice_assistant.machine import card as cards


class NvmlError(Exception):
    """Stands in for pynvml.NVMLError."""


class LibraryNotFoundError(NvmlError):
    """Stands in for pynvml.NVMLError_LibraryNotFound."""


def driver(**changes: object) -> SimpleNamespace:
    """A driver with one card that three programs use, one of them twice."""
    users = [SimpleNamespace(pid=7, usedGpuMemory=300), SimpleNamespace(pid=8, usedGpuMemory=None)]
    drawing = [SimpleNamespace(pid=7, usedGpuMemory=300), SimpleNamespace(pid=9, usedGpuMemory=50)]
    parts: dict[str, object] = {
        "NVMLError": NvmlError,
        "NVMLError_LibraryNotFound": LibraryNotFoundError,
        "nvmlInit": lambda: None,
        "nvmlDeviceGetCount": lambda: 1,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetName": lambda _: "NVIDIA GeForce RTX 4080",
        "nvmlDeviceGetMemoryInfo": lambda _: SimpleNamespace(total=1000, used=400, free=600),
        "nvmlDeviceGetComputeRunningProcesses": lambda _: users,
        "nvmlDeviceGetGraphicsRunningProcesses": lambda _: drawing,
        "nvmlDeviceGetCudaComputeCapability": lambda _: [8, 9],
        "nvmlSystemGetCudaDriverVersion_v2": lambda: 12080,
        "nvmlSystemGetDriverVersion": lambda: "570.124.06",
    }
    return SimpleNamespace(**{**parts, **changes})


@pytest.fixture
def with_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards.ctypes, "CDLL", lambda _: None)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("with_library")
def test_a_card_and_who_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", driver())
    (card,) = cards.find_cards()
    assert card == cards.Card(
        "NVIDIA GeForce RTX 4080", 1000, 400, 600, {7: 300, 8: 0, 9: 50}, (8, 9)
    )


@pytest.mark.usefixtures("with_library")
def test_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", driver())
    found = cards.find_driver()
    assert found == cards.Driver("570.124.06", "12.8")
    assert found.branch == 570
    assert cards.Driver("").branch == 0


@pytest.mark.usefixtures("with_library")
def test_a_driver_that_fails_is_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise NvmlError("Driver/library version mismatch")

    monkeypatch.setitem(sys.modules, "pynvml", driver(nvmlInit=fail))
    assert cards.find_cards() == []
    assert cards.find_driver() == cards.Driver("", problem="Driver/library version mismatch")


@pytest.mark.usefixtures("with_library")
def test_no_library_is_no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise LibraryNotFoundError("NVML Shared Library Not Found")

    monkeypatch.setitem(sys.modules, "pynvml", driver(nvmlInit=fail))
    assert cards.find_cards() == []
    assert cards.find_driver() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such library to look for")
def test_without_the_library_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> None:
        raise OSError("no such library")

    monkeypatch.setattr(cards.ctypes, "CDLL", missing)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pynvml", None)  # importing it would raise
    assert cards.find_cards() == []
    assert cards.find_driver() is None
