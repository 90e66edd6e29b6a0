"""Tell whether the system lists a card of NVIDIA's, which it does without any driver."""

from __future__ import annotations

import sys
from pathlib import Path

_DEVICES = Path("/sys/bus/pci/devices")
_NVIDIA = "0x10de"
_DISPLAY = "0x03"
"""The class of graphics cards and of accelerators (PCI Code and ID Assignment Specification)."""


def lists_nvidia(devices: Path = _DEVICES) -> bool:
    """Return whether there is a card of NVIDIA's, as far as the system tells.

    Args:
        devices: Linux's folder with an entry for each device.
    """
    if sys.platform == "win32":
        return _registry_lists_nvidia()
    return any(
        _read(entry / "vendor") == _NVIDIA and _read(entry / "class").startswith(_DISPLAY)
        for entry in (devices.iterdir() if devices.is_dir() else ())
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _registry_lists_nvidia() -> bool:
    """Ask the registry, where Windows keeps an entry for each device that it has seen."""
    if sys.platform != "win32":
        return False
    import winreg

    try:
        with winreg.OpenKey(
            winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Enum\PCI"
        ) as devices:
            count = winreg.QueryInfoKey(devices)[0]
            names = [winreg.EnumKey(devices, number) for number in range(count)]
    except OSError:
        return False
    return any(name.upper().startswith("VEN_10DE") for name in names)
