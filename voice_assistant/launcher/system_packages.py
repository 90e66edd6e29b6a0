"""Install what the tests need from the system."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.console import Console

# A browser that runs says its version at once, but starts slowly from a cold disk.
_PROBE_S = 30
# A slow mirror takes minutes for a browser; apt that hangs does not end by itself.
_INSTALL_S = 1800


@dataclass(frozen=True)
class Need:
    """Describe one thing that tests ask for by name.

    Attributes:
        name: as in `@pytest.mark.needs("…")`.
        is_here: whether this computer has it.
        packages: Debian packages for it; each choice is tried until it is here.
    """

    name: str
    is_here: Callable[[], bool]
    packages: tuple[tuple[str, ...], ...]

    @property
    def command(self) -> str:
        """Return the command by which a person installs it on Debian or Ubuntu."""
        return f"sudo apt install {' '.join(self.packages[0])}"


def find_browser() -> str | None:
    """Return the path of a Chromium that runs; `None` if there is none.

    Ubuntu's `chromium-browser` is a stub that only says how to install a snap: hence the trial.
    """
    for name in (
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "microsoft-edge",
        "microsoft-edge-stable",
    ):
        path = shutil.which(name)
        if path and _runs([path, "--version"]):
            return path
    return None


def _has_programs(*names: str) -> bool:
    return all(shutil.which(name) for name in names)


def _has_calculator() -> bool:
    """Return whether there is one of the calculators that 打开计算器 starts."""
    names = ("gnome-calculator", "kcalc", "mate-calc", "galculator", "qalculate-gtk", "xcalc")
    return any(shutil.which(name) for name in names)


def _has_cjk_font() -> bool:
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh"], capture_output=True, timeout=_PROBE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(listed.stdout.strip())


LINUX_NEEDS = (
    Need("chromium", lambda: find_browser() is not None, (("chromium",), ("chromium-browser",))),
    Need("xvfb", lambda: _has_programs("Xvfb", "xwininfo"), (("xvfb", "x11-utils"),)),
    Need("calculator", _has_calculator, (("galculator",),)),
    Need("cjk-font", _has_cjk_font, (("fontconfig", "fonts-wqy-microhei"),)),
)
"""On Linux. On Windows and macOS the tests that need a Linux desktop deselect themselves, and the
browser that comes with the system is used."""


def prepare_system(console: Console, log: Path, needs: Sequence[Need] | None = None) -> list[str]:
    """Install what is missing, where that is possible, and return the names of what still is.

    Args:
        console: where it is said what happens and what a person can do.
        log: all of apt's output.
        needs: what to look for; by default what this system's tests need.
    """
    if needs is None:
        needs = LINUX_NEEDS if sys.platform.startswith("linux") else ()
    missing = [need for need in needs if not need.is_here()]
    if missing and (apt := _apt_get()):
        names = ", ".join(need.name for need in missing)
        console.show("section", "launcher.system_installing", names=names)
        _install(apt, missing, log)
        missing = [need for need in missing if not need.is_here()]
        if missing:
            console.show("warning", "launcher.system_failed", log=log)
    for need in missing:
        console.show("warning", "launcher.system_missing", name=need.name, command=need.command)
    return [need.name for need in missing]


def _apt_get() -> list[str] | None:
    """Return the beginning of an apt-get command that this user may run; `None` if none."""
    if sys.platform == "win32" or not shutil.which("apt-get"):
        return None
    # A machine that has just started often runs apt itself: wait for it.
    apt = ["apt-get", "-y", "-o", "DPkg::Lock::Timeout=300"]
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive", *apt]
    if _runs(["sudo", "-n", "true"]):
        return ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", *apt]
    return None


def _install(apt: list[str], missing: Sequence[Need], log: Path) -> None:
    with log.open("w", encoding="utf-8") as record:

        def run(*arguments: str) -> None:
            command = [*apt, *arguments]
            record.write(f"$ {' '.join(command)}\n")
            record.flush()
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=record,
                stderr=subprocess.STDOUT,
                timeout=_INSTALL_S,
                check=False,
            )

        run("update")
        for need in missing:
            for packages in need.packages:
                run("install", "--no-install-recommends", *packages)
                if need.is_here():
                    break


def _runs(command: Sequence[str]) -> bool:
    try:
        result = subprocess.run(command, capture_output=True, timeout=_PROBE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return result.returncode == 0
