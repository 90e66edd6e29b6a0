"""Tell which build of torch a graphics card needs, as data; nothing here imports torch.

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

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from voice_assistant.machine.card import Card, Driver

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
    """Describe one build of torch.

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
        """Return how pip is to be asked for the build."""
        return f"torch=={TORCH}" if platform in self.on_pypi else f"torch=={TORCH}+{self.tag}"

    def oldest_driver(self, platform: str = sys.platform) -> int:
        """Return the oldest branch of the driver that runs the build."""
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


def runs_on(capability: Capability, architectures: Sequence[Capability]) -> bool:
    """Return whether code for some architectures runs on a card.

    It does within a major version, from its own minor one on (NVIDIA's CUDA C++ Programming Guide,
    "Binary Compatibility").
    """
    major, minor = capability
    return any(major == own and minor >= least for own, least in architectures)


def find_build(card: Card, driver: Driver, platform: str = sys.platform) -> Build | None:
    """Return the best build that a card and its driver can run."""
    for build in builds_for(card):
        if driver.branch >= build.oldest_driver(platform):
            return build
    return None


def needed_driver(card: Card, platform: str = sys.platform) -> int | None:
    """Return the oldest branch of the driver that a card's builds run with, if any."""
    return min((build.oldest_driver(platform) for build in builds_for(card)), default=None)


def builds_for(card: Card) -> list[Build]:
    """Return the builds that have code for a card; all if its compute capability is not known."""
    if not any(card.capability):
        return list(BUILDS)
    return [build for build in BUILDS if runs_on(card.capability, build.architectures)]
