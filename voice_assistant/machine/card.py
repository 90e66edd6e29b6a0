"""Ask the driver's own library for NVIDIA graphics cards: no torch, no CUDA context."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_UNKNOWN = (0, 0)


@dataclass(frozen=True, slots=True)
class Card:
    """Describe one graphics card; memory in bytes.

    Attributes:
        name: as the driver calls it.
        total: all of its memory.
        used: by everybody.
        free: what is left.
        by_process: what each process uses, by process id; 0 where the driver does not say
            (Windows).
        capability: its compute capability, major and minor; zeros if that is not known.
    """

    name: str
    total: int
    used: int
    free: int
    by_process: dict[int, int]
    capability: tuple[int, int] = _UNKNOWN


@dataclass(frozen=True, slots=True)
class Driver:
    """Describe the NVIDIA driver of this computer.

    Attributes:
        version: for example `580.95.05`; empty if it does not answer.
        cuda: the newest CUDA that it can run, for example `13.0`; empty if it does not answer.
        problem: what it says instead; empty if all is well.
    """

    version: str
    cuda: str = ""
    problem: str = ""

    @property
    def branch(self) -> int:
        """Return the first part of the version, which CUDA asks for; 0 if unknown."""
        first = self.version.split(".")[0]
        return int(first) if first.isdecimal() else 0


def find_cards() -> list[Card]:
    """Return the cards of this computer; none if there is no driver or it does not answer."""
    if not _has_library():
        return []
    import pynvml

    try:
        with _session() as nvml:
            return [
                _card(nvml, nvml.nvmlDeviceGetHandleByIndex(index))
                for index in range(nvml.nvmlDeviceGetCount())
            ]
    except pynvml.NVMLError:
        return []


def find_driver() -> Driver | None:
    """Return the driver, if its library is here; it may have a problem."""
    if not _has_library():
        return None
    import pynvml

    try:
        with _session() as nvml:
            cuda = int(nvml.nvmlSystemGetCudaDriverVersion_v2())
            version = str(nvml.nvmlSystemGetDriverVersion())
            return Driver(version, f"{cuda // 1000}.{cuda % 1000 // 10}")
    except pynvml.NVMLError_LibraryNotFound:
        return None
    except pynvml.NVMLError as error:
        return Driver("", problem=str(error))


def _has_library() -> bool:
    """Return whether it is worth the import of pynvml, 50 ms."""
    if sys.platform == "win32":  # pynvml knows where to look
        return True
    try:
        ctypes.CDLL("libnvidia-ml.so.1")
    except OSError:
        return False
    return True


@contextmanager
def _session() -> Iterator[Any]:
    import pynvml

    pynvml.nvmlInit()
    yield pynvml


def _card(nvml: Any, handle: object) -> Card:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    # The desktop and the browser draw; they compute nothing, and take memory all the same.
    users = [
        *nvml.nvmlDeviceGetGraphicsRunningProcesses(handle),
        *nvml.nvmlDeviceGetComputeRunningProcesses(handle),
    ]
    by_process: dict[int, int] = {}
    for user in users:
        by_process[user.pid] = max(by_process.get(user.pid, 0), user.usedGpuMemory or 0)
    return Card(
        str(nvml.nvmlDeviceGetName(handle)),
        memory.total,
        memory.used,
        memory.free,
        by_process,
        tuple(nvml.nvmlDeviceGetCudaComputeCapability(handle)),
    )
