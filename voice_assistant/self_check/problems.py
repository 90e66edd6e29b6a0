"""Judge from the facts alone what is wrong with a card, and which commands repair it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.card_users import describe
from voice_assistant.machine.installed_torch import Installed, serves
from voice_assistant.machine.torch_builds import (
    MIRROR,
    OFFICIAL,
    Build,
    find_build,
    needed_driver,
    runs_on,
)
from voice_assistant.messages import Locale, megabytes
from voice_assistant.self_check.codes import CANNOT_BE_USED, NO_CARD, WORKS
from voice_assistant.self_check.facts import Facts

_SETUP = "python start.py setup"


@dataclass(frozen=True, slots=True)
class Problem:
    """Name something that keeps the card from being used.

    Attributes:
        key: its sentence in `voice_assistant/locales/`.
        params: what the sentence names.
        commands: what repairs it, each a line to be copied; any one of them will do.
    """

    key: str
    params: Mapping[str, object] = field(default_factory=dict)
    commands: tuple[str, ...] = ()


def exit_code(facts: Facts) -> int:
    """Return the exit code that fits."""
    if facts.works:
        return WORKS
    return CANNOT_BE_USED if facts.has_card else NO_CARD


def find_problem(facts: Facts, language: Locale) -> Problem | None:
    """Return what is to be repaired first; `None` if the card works or there is none.

    Args:
        facts: all that is known.
        language: whose reader is near to which mirror.
    """
    if facts.works or not facts.has_card:
        return None
    if facts.card is not None and facts.driver is not None:
        return _with_card(facts, facts.card, facts.driver, language)
    if facts.driver is not None and facts.driver.problem:
        return Problem(
            "gpu.driver_silent", {"detail": facts.driver.problem.rstrip(".")}, (_restart(facts),)
        )
    if facts.on_card is not None:  # torch sees a card without NVIDIA's management library
        return _trial_failed(facts)
    if facts.driver is not None:
        return Problem("gpu.driver_without_card", {"version": facts.driver.version})
    return Problem("gpu.no_driver", {}, _driver_commands(facts.platform))


def _with_card(facts: Facts, card: Card, driver: Driver, language: Locale) -> Problem:
    build = find_build(card, driver, facts.platform)
    installed = facts.installed
    if not serves(installed, card, driver):
        if build is None:
            return _no_build(facts, card, driver)
        commands = (_SETUP, by_hand(build, facts.platform, language))
        return _torch_unfit(installed, build.requirement(facts.platform), commands)
    if facts.hidden is not None:
        return Problem("gpu.card_hidden", {"value": facts.hidden})
    if facts.lacking:
        users = describe(list(facts.users)) or "?"
        lack = round(megabytes(facts.lacking))
        return Problem("gpu.no_room", {"lack_mb": lack, "users": users})
    probe = facts.probe
    if probe is not None and not probe.available:
        return Problem(
            "gpu.torch_blind", {"detail": probe.said.rstrip(".") or "?"}, (_restart(facts),)
        )
    if (
        probe is not None
        and build is not None
        and probe.architectures
        and not runs_on(probe.capability, probe.architectures)
    ):
        commands = (_SETUP, by_hand(build, facts.platform, language))
        return _torch_unfit(installed, build.requirement(facts.platform), commands)
    return _trial_failed(facts)


def _torch_unfit(
    installed: Installed | None, requirement: str, commands: tuple[str, ...]
) -> Problem:
    wanted = {"build": requirement}
    if installed is None:
        return Problem("gpu.torch_missing", wanted, commands)
    known = {**wanted, "version": installed.version, "cuda": installed.cuda}
    key = "gpu.torch_other_build" if installed.cuda else "gpu.torch_for_cpus"
    return Problem(key, known, commands)


def _no_build(facts: Facts, card: Card, driver: Driver) -> Problem:
    needed = needed_driver(card, facts.platform)
    if needed is None:
        capability = "{}.{}".format(*card.capability)
        return Problem("gpu.card_too_old", {"name": card.name, "capability": capability})
    params = {"version": driver.version, "needed": needed}
    return Problem("gpu.driver_too_old", params, _driver_commands(facts.platform))


def _trial_failed(facts: Facts) -> Problem:
    detail = facts.on_card.problem if facts.on_card else "?"
    return Problem("gpu.trial_failed", {"detail": detail}, (_restart(facts), _SETUP))


def by_hand(build: Build, platform: str, language: Locale) -> str:
    """Return the command that installs a build without `start.py`."""
    python = r".venv\Scripts\python" if platform == "win32" else ".venv/bin/python"
    command = f"{python} -m pip install {build.requirement(platform)}"
    if platform in build.on_pypi:
        return f"{command} --force-reinstall"  # for pip, a build for CPUs is the same thing
    if language == "zh":
        return f"{command} --find-links {MIRROR}/{build.tag}/"
    return f"{command} --extra-index-url {OFFICIAL}/{build.tag}"


def _driver_commands(platform: str) -> tuple[str, ...]:
    """Return how the driver is installed; on Windows by hand, from NVIDIA's page."""
    return () if platform == "win32" else ("sudo ubuntu-drivers install && sudo reboot",)


def _restart(facts: Facts) -> str:
    return "shutdown /r /t 0" if facts.platform == "win32" else "sudo reboot"
