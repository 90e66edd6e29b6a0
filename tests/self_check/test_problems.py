from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.self_check.conftest import Computers
from voice_assistant.machine.card import Driver
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.machine.torch_builds import BUILDS, MIRROR, OFFICIAL
from voice_assistant.messages import Locale, say
from voice_assistant.self_check.facts import Facts, Probe
from voice_assistant.self_check.problems import Problem, exit_code, find_problem

HERE = Computers()
FOR_CPUS = Installed("2.13.0+cpu", "")
BLIND = Probe("2.13.0+cu130", "13.0", False, said="CUDA unknown error")
SETUP = "python start.py setup"

# What is wrong, its sentence, what the sentence must name, and what is among the commands.
CASES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("no driver", {"driver": None, "cards": (), "probe": None}, "gpu.no_driver", "", "ubuntu-dri"),
    (
        "driver and kernel differ",
        {"driver": Driver("", problem="Driver/library version mismatch"), "cards": ()},
        "gpu.driver_silent",
        "version mismatch",
        "reboot",
    ),
    ("card not seen", {"cards": (), "probe": None}, "gpu.driver_without_card", "580.95.05", ""),
    ("no torch", {"installed": None}, "gpu.torch_missing", "torch==2.13.0", SETUP),
    ("torch for CPUs", {"installed": FOR_CPUS}, "gpu.torch_for_cpus", "2.13.0+cpu", SETUP),
    (
        "driver too old for any",
        {"driver": Driver("470.1", "11.4")},
        "gpu.driver_too_old",
        "525",
        "ubuntu-drivers",
    ),
    (
        "driver too old for this one",
        {"driver": Driver("535.183", "12.2")},
        "gpu.torch_other_build",
        "torch==2.13.0+cu126",
        SETUP,
    ),
    (
        "card too old for this one",
        {"cards": (HERE.card(6, 1),)},
        "gpu.torch_other_build",
        "torch==2.13.0+cu126",
        SETUP,
    ),
    ("card too old for any", {"cards": (HERE.card(3, 5),)}, "gpu.card_too_old", "3.5", ""),
    (
        "the user's own build has no code for the card",
        {
            "installed": Installed("2.11.0+cu128", "12.8"),
            "cards": (HERE.card(6, 1),),
            "probe": Probe("2.11.0", "12.8", True, ((7, 5), (8, 0)), "GTX 1060", (6, 1)),
        },
        "gpu.torch_other_build",
        "2.11.0+cu128",
        "cu126",
    ),
    ("hidden", {"hidden": "-1"}, "gpu.card_hidden", '"-1"', ""),
    ("full", {"lacking": 300_000_000}, "gpu.no_room", "ollama 5000 MB", ""),
    ("torch sees nothing", {"probe": BLIND}, "gpu.torch_blind", "CUDA unknown error", "reboot"),
    ("crash", {"problem": "ended by signal 11"}, "gpu.trial_failed", "signal 11", SETUP),
    (
        "crash without NVIDIA's library",
        {"problem": "ended by signal 11", "driver": None, "cards": ()},
        "gpu.trial_failed",
        "signal 11",
        SETUP,
    ),
]


def judged(facts: Facts, language: Locale = "en") -> Problem:
    problem = find_problem(facts, language)
    assert problem is not None
    return problem


@pytest.mark.parametrize(
    ("changes", "key", "named", "command"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_each_problem_has_its_sentence_and_its_repair(
    changes: dict[str, Any], key: str, named: str, command: str
) -> None:
    facts = HERE.broken(**changes)
    problem = judged(facts)
    assert problem.key == key
    assert exit_code(facts) == 1
    for language in ("zh", "en"):
        assert say(key, language, **problem.params)
    assert named in say(key, "en", **problem.params)
    assert any(command in each for each in problem.commands) or not command
    assert bool(problem.commands) is bool(command)


def test_all_is_well(computers: Computers) -> None:
    assert find_problem(computers.good, "en") is None
    assert exit_code(computers.good) == 0


def test_no_card_is_no_problem(computers: Computers) -> None:
    assert find_problem(computers.bare, "en") is None
    assert exit_code(computers.bare) == 3
    # The library of a driver may be there without a card, as in a container.
    idle = replace(computers.bare, driver=Driver("580.95.05", "13.0"))
    assert (find_problem(idle, "en"), exit_code(idle)) == (None, 3)


def test_what_torch_sees_is_a_card(computers: Computers) -> None:
    seen = replace(computers.good, driver=None, cards=(), nvidia_in_pci=False)
    assert (find_problem(seen, "en"), exit_code(seen)) == (None, 0)


@pytest.mark.parametrize(
    ("build", "platform", "language", "command"),
    [
        (0, "linux", "zh", ".venv/bin/python -m pip install torch==2.13.0 --force-reinstall"),
        (
            0,
            "win32",
            "zh",
            r".venv\Scripts\python -m pip install torch==2.13.0+cu130 "
            f"--find-links {MIRROR}/cu130/",
        ),
        (
            1,
            "linux",
            "en",
            ".venv/bin/python -m pip install torch==2.13.0+cu126 "
            f"--extra-index-url {OFFICIAL}/cu126",
        ),
    ],
)
def test_the_command_by_hand(build: int, platform: str, language: Locale, command: str) -> None:
    from voice_assistant.self_check.problems import by_hand

    assert by_hand(BUILDS[build], platform, language) == command


def test_on_windows_the_commands_are_of_windows(computers: Computers) -> None:
    problem = judged(computers.broken(platform="win32", installed=FOR_CPUS))
    assert problem.commands[0] == SETUP
    assert r".venv\Scripts\python" in problem.commands[1]
    assert "torch==2.13.0+cu130" in problem.commands[1]
    assert judged(computers.broken(platform="win32", probe=BLIND)).commands == ("shutdown /r /t 0",)
