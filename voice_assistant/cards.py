"""NVIDIA graphics cards, through the driver's own library: no torch, no CUDA context."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One graphics card; memory in bytes.

    Attributes:
        name: as the driver calls it.
        total: all of its memory.
        used: by everybody.
        free: what is left.
        by_process: what each process uses, by process id; 0 where the driver does not say
            (Windows).
    """

    name: str
    total: int
    used: int
    free: int
    by_process: dict[int, int]


def find_cards() -> list[Card]:
    """The cards of this computer; none if there is no driver or it does not answer."""
    if sys.platform != "win32":
        try:
            ctypes.CDLL("libnvidia-ml.so.1")
        except OSError:  # spares the import of pynvml, 50 ms
            return []
    import pynvml

    try:
        pynvml.nvmlInit()
        handles = [
            pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())
        ]
        cards = []
        for handle in handles:
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            users = pynvml.nvmlDeviceGetComputeRunningProcesses(handle)
            by_process = {user.pid: user.usedGpuMemory or 0 for user in users}
            name = str(pynvml.nvmlDeviceGetName(handle))
            cards.append(Card(name, memory.total, memory.used, memory.free, by_process))
    except pynvml.NVMLError:
        return []
    return cards
