"""Say where a build of torch can be had: PyPI, PyTorch's own index, its mirror in China."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from voice_assistant.machine.torch_builds import MIRROR, OFFICIAL, Build
from voice_assistant.messages import Locale


@dataclass(frozen=True, slots=True)
class TorchSource:
    """Name a place that has a build of torch.

    Attributes:
        name: for people.
        options: pip's, to look there; none: wherever pip looks by itself.
    """

    name: str
    options: tuple[str, ...] = ()


def sources(
    build: Build, index: str, language: Locale, platform: str = sys.platform
) -> list[TorchSource]:
    """Return where a build can be had, in the order to try.

    Args:
        build: which one.
        index: the user's own place, tried first; may be empty.
        language: who reads Chinese is likely to be near the mirror.
        platform: as `sys.platform` has it.
    """
    public = [MIRROR, OFFICIAL] if language == "zh" else [OFFICIAL, MIRROR]
    if platform in build.on_pypi:
        places = [_place(index, build)] if index else []
        return [*places, TorchSource("PyPI")]
    return [_place(base, build) for base in [index, *public] if base]


def _place(base: str, build: Build) -> TorchSource:
    folder = f"{base.rstrip('/')}/{build.tag}"
    # One is an index, as PyTorch has it, the other a page of files, as its mirror has it.
    return TorchSource(folder, ("--index-url", folder, "--find-links", f"{folder}/"))
