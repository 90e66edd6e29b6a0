"""Which build of torch a graphics card needs, as data; nothing here imports torch.

Sources:
    Builds of torch 2.13 and their architectures: pytorch/pytorch, RELEASE.md (the table is the same
        for 2.12 to 2.14), pull requests 182849 and 197555; those of 13.0 were also read from the
        package. CUDA 13.2 is left out: it has the architectures of 13.0, and is not on PyPI.
    Drivers: NVIDIA's CUDA Toolkit Release Notes, tables 2 and 3; within a major version any driver
        of its first release will do ("minor version compatibility").
    PyPI: what 2.13.0 asks for there is `cuda-toolkit==13.0.3` on Linux; its file for Windows, of
        122 MB, is for CPUs only.
    Space: measured on Linux, from PyPI: 2.74 GB of downloads become 4.71 GB. On Windows one file
        holds everything; 2,594,548,547 bytes for CUDA 12.6.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_assistant.cards import Card, Driver
from voice_assistant.stamp import BEGUN, read_stamp

TORCH = "2.13.0"
"""The version to install; that of `requirements-torch.txt`."""

DOWNLOAD_MB = 2800
"""What is downloaded for it, in MB."""

NEEDED_MB = 7500
"""Disk space for what is downloaded and what is installed, in MB."""

OFFICIAL = "https://download.pytorch.org/whl"
"""Where PyTorch publishes its builds, each in a folder of its tag."""

MIRROR = "https://mirrors.aliyun.com/pytorch-wheels"
"""The same in China: a folder of files for each tag."""

Capability = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Build:
    """One build of torch.

    Attributes:
        tag: as in its version, for example `cu130`.
        cuda: the CUDA that it brings with it.
        driver: the oldest branch of the driver that runs it, on Linux and on Windows.
        architectures: compute capabilities that it has code for.
        on_pypi: systems for which it is what PyPI has.
    """

    tag: str
    cuda: str
    driver: tuple[int, int]
    architectures: tuple[Capability, ...]
    on_pypi: tuple[str, ...] = ()

    def requirement(self, platform: str = sys.platform) -> str:
        """How pip is to be asked for it."""
        return f"torch=={TORCH}" if platform in self.on_pypi else f"torch=={TORCH}+{self.tag}"

    def oldest_driver(self, platform: str = sys.platform) -> int:
        """The oldest branch of the driver that runs it."""
        return self.driver[platform == "win32"]


BUILDS = (
    Build(
        "cu130",
        "13.0",
        (580, 580),
        ((7, 5), (8, 0), (8, 6), (9, 0), (10, 0), (12, 0)),
        ("linux",),
    ),
    Build(
        "cu126",
        "12.6",
        (525, 528),
        ((5, 0), (6, 0), (7, 0), (7, 5), (8, 0), (8, 6), (9, 0)),
    ),
)
"""Those to choose from, the best first."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The torch in an environment.

    Attributes:
        version: for example `2.13.0+cpu`.
        cuda: the CUDA that it was built for; empty if it is for CPUs only.
    """

    version: str
    cuda: str


def runs_on(capability: Capability, architectures: Sequence[Capability]) -> bool:
    """Whether code for some architectures runs on a card.

    It does within a major version, from its own minor one on (NVIDIA's CUDA C++ Programming Guide,
    "Binary Compatibility").
    """
    major, minor = capability
    return any(major == own and minor >= least for own, least in architectures)


def find_build(card: Card, driver: Driver, platform: str = sys.platform) -> Build | None:
    """The best build that a card and its driver can run."""
    for build in _for(card):
        if driver.branch >= build.oldest_driver(platform):
            return build
    return None


def needed_driver(card: Card, platform: str = sys.platform) -> int | None:
    """The oldest branch of the driver that any build for a card runs with; `None` without one."""
    return min((build.oldest_driver(platform) for build in _for(card)), default=None)


def find_installed(folder: Path | None = None) -> Installed | None:
    """The torch in an environment, read from its files.

    Args:
        folder: that packages are in; by default, where this process would find it, unless the
            launcher is still at it: what is there then cannot be imported yet.
    """
    if folder is None:
        stamp = read_stamp(Path(sys.prefix))
        if stamp is not None and stamp.torch == BEGUN:
            return None
        found = importlib.util.find_spec("torch")
        if found is None or not found.origin:
            return None
        folder = Path(found.origin).parent.parent
    try:
        text = (folder / "torch" / "version.py").read_text(encoding="utf-8")
    except OSError:
        return None
    version = re.search(r"^__version__ = '([^']+)'", text, re.MULTILINE)
    cuda = re.search(r"^cuda: .*= '([^']+)'", text, re.MULTILINE)
    return Installed(version[1], cuda[1] if cuda else "") if version else None


def serves(installed: Installed | None, card: Card, driver: Driver) -> bool:
    """Whether the torch that is installed can use a card, as far as is known without trying.

    A build that is not among ours is the user's own, and is believed if the driver runs its CUDA.
    """
    if installed is None or not installed.cuda:
        return False
    known = next((build for build in BUILDS if build.cuda == installed.cuda), None)
    if known is not None and known not in _for(card):
        return False
    return _numbers(installed.cuda)[0] <= (_numbers(driver.cuda) or (0,))[0]


def _for(card: Card) -> list[Build]:
    """The builds that have code for a card; all if its compute capability is not known."""
    if not any(card.capability):
        return list(BUILDS)
    return [build for build in BUILDS if runs_on(card.capability, build.architectures)]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
