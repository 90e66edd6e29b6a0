from __future__ import annotations

import pytest

from voice_assistant import ROOT
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.torch_builds import BUILDS, TORCH, find_build, needed_driver, runs_on


def card(major: int, minor: int) -> Card:
    return Card("simulated", 8, 0, 8, {}, (major, minor))


NEW, OLD = Driver("580.95.05", "13.0"), Driver("535.183.01", "12.2")


@pytest.mark.parametrize(
    ("capability", "version", "platform", "tag"),
    [
        ((6, 1), "580.95", "win32", "cu126"),  # GTX 1060
        ((7, 0), "580.95", "linux", "cu126"),  # V100
        ((7, 5), "580.95", "linux", "cu130"),  # RTX 2060
        ((8, 6), "535.183", "linux", "cu126"),  # RTX 3060
        ((8, 9), "591.86", "win32", "cu130"),  # RTX 4080
        ((8, 9), "527.41", "win32", None),
        ((8, 9), "527.41", "linux", "cu126"),
        ((9, 0), "580.65", "linux", "cu130"),  # H100
        ((12, 0), "581.1", "win32", "cu130"),  # RTX 5080
        ((12, 0), "572.16", "win32", None),
        ((12, 1), "580.95", "linux", "cu130"),
        ((3, 5), "580.95", "linux", None),  # GTX 780
        ((0, 0), "580.95", "linux", "cu130"),  # not known
        ((8, 6), "", "linux", None),
    ],
)
def test_find_build(
    capability: tuple[int, int], version: str, platform: str, tag: str | None
) -> None:
    found = find_build(card(*capability), Driver(version), platform)
    assert (found and found.tag) == tag


@pytest.mark.parametrize(
    ("capability", "platform", "branch"),
    [
        ((8, 9), "linux", 525),
        ((8, 9), "win32", 528),
        ((12, 0), "linux", 580),
        ((3, 5), "linux", None),
    ],
)
def test_needed_driver(capability: tuple[int, int], platform: str, branch: int | None) -> None:
    assert needed_driver(card(*capability), platform) == branch


def test_code_runs_within_a_major_version_from_its_own_minor_one_on() -> None:
    assert runs_on((8, 9), [(8, 6)])
    assert not runs_on((8, 0), [(8, 6)])
    assert not runs_on((9, 0), [(8, 6)])


def test_pypi_has_a_build_for_cards_on_linux_only() -> None:
    newest, oldest = BUILDS
    assert newest.requirement("linux") == f"torch=={TORCH}"
    assert newest.requirement("win32") == f"torch=={TORCH}+cu130"
    assert oldest.requirement("linux") == f"torch=={TORCH}+cu126"


def test_it_is_the_version_that_the_tests_run() -> None:
    assert f"torch=={TORCH}\n" in (ROOT / "requirements-torch.txt").read_text(encoding="utf-8")
