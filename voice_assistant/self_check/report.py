"""Write what the self-check has found, for people and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voice_assistant import __version__
from voice_assistant.choice.fit import limit
from voice_assistant.console import Console
from voice_assistant.machine.card import Card
from voice_assistant.machine.card_users import describe
from voice_assistant.messages import Locale, gigabytes, megabytes, say
from voice_assistant.self_check.facts import Chosen, Facts, Trial
from voice_assistant.self_check.problems import Problem, exit_code


def show_report(console: Console, facts: Facts, problem: Problem | None) -> None:
    """Write what there is, what was tried, and what to do."""
    console.show("title", "gpu.title", version=__version__)
    console.show("plain", "gpu.system", system=facts.system, python=facts.python)
    _show_driver(console, facts)
    _show_cards(console, facts)
    _show_torch(console, facts)
    for trial in (facts.on_card, facts.on_cpu):
        if trial is not None:
            _show_trial(console, trial)
    _show_chosen(console, facts)
    if facts.works:
        console.show("good", "gpu.works")
    elif problem is None:
        console.show("good", "gpu.cpu_only")
    else:
        console.show("warning", problem.key, **problem.params)
        if problem.commands:
            console.show("plain", "gpu.commands")
        for command in problem.commands:
            console.write("plain", f"    {command}")


def _show_driver(console: Console, facts: Facts) -> None:
    if facts.driver is not None and facts.driver.version:
        console.show(
            "good", "gpu.driver", version=facts.driver.version, cuda=facts.driver.cuda or "?"
        )
    elif facts.driver is None:
        console.show("plain", "gpu.driver_none")


def _show_cards(console: Console, facts: Facts) -> None:
    for card in facts.cards:
        console.show(
            "good",
            "launcher.gpu",
            name=card.name,
            total=gigabytes(card.total),
            used=gigabytes(card.used),
            free=gigabytes(card.free),
        )
        console.show("plain", "gpu.capability", capability="{}.{}".format(*card.capability))
    if facts.card is not None:
        if users := describe(list(facts.users)):
            console.show("plain", "launcher.gpu_users", users=users)
        console.show(
            "plain",
            "launcher.cap",
            percent=facts.fraction * 100,
            cap_mb=megabytes(facts.card.total * facts.fraction),
            now_mb=megabytes(limit(facts.card, facts.fraction)),
        )
    elif not facts.has_card:
        console.show("plain", "gpu.no_card")


def _show_torch(console: Console, facts: Facts) -> None:
    if facts.installed is None:
        console.show("plain", "gpu.torch_none")
    elif facts.installed.cuda:
        console.show(
            "plain", "gpu.torch", version=facts.installed.version, cuda=facts.installed.cuda
        )
    else:
        console.show("plain", "gpu.torch_cpu", version=facts.installed.version)


def _show_trial(console: Console, trial: Trial) -> None:
    device = "GPU" if trial.device == "cuda" else "CPU"
    if trial.problem:
        console.show(
            "warning", "gpu.trial_problem", model=trial.model, device=device, detail=trial.problem
        )
        return
    console.show(
        "good",
        "gpu.trial",
        model=trial.model,
        compute_type=trial.compute_type,
        engine=trial.engine,
        device=device,
        load_s=trial.load_s,
        recognition_ms=trial.recognition_ms,
        text=trial.text,
    )
    if trial.device == "cuda":
        console.show(
            "plain",
            "gpu.trial_memory",
            allocated_mb=megabytes(trial.allocated),
            reserved_mb=megabytes(trial.reserved),
            on_card_mb=megabytes(trial.on_card),
        )
    else:
        console.show("plain", "gpu.trial_resident", resident_mb=megabytes(trial.resident))


def _show_chosen(console: Console, facts: Facts) -> None:
    chosen = facts.chosen
    in_vain = chosen.device == "cuda" and not facts.works
    if chosen.model:
        console.show(
            "warning" if in_vain else "good",
            "gpu.chosen_in_vain" if in_vain else "gpu.chosen",
            model=chosen.model,
            compute_type=chosen.compute_type,
            engine=chosen.engine,
            device="GPU" if chosen.device == "cuda" else "CPU",
        )
    if chosen.refused is not None:
        code, params = chosen.refused
        console.show("plain", code, **params)


def as_dict(facts: Facts, problem: Problem | None, language: Locale) -> dict[str, Any]:
    """Return the same for JSON, without the names of users and their folders."""
    found: dict[str, Any] = {
        "version": __version__,
        "system": facts.system,
        "python": facts.python,
        "driver": _driver(facts),
        "nvidia_in_pci": facts.nvidia_in_pci,
        "cuda_visible_devices": facts.hidden,
        "cards": [_card(facts, card) for card in facts.cards],
        "torch": _torch(facts),
        "cap": _cap(facts),
        "trials": [_trial(trial) for trial in (facts.on_card, facts.on_cpu) if trial],
        "choice": _choice(facts.chosen),
        "problem": _problem(problem, language),
        "exit_code": exit_code(facts),
    }
    return {key: _without_home(value) for key, value in found.items()}


def _without_home(found: Any) -> Any:
    """Return the same, with a tilde in place of the user's own folder."""
    if isinstance(found, str):
        return found.replace(str(Path.home()), "~")
    if isinstance(found, dict):
        return {key: _without_home(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_without_home(value) for value in found]
    return found


def _driver(facts: Facts) -> dict[str, str] | None:
    driver = facts.driver
    if driver is None:
        return None
    return {"version": driver.version, "cuda": driver.cuda, "problem": driver.problem}


def _card(facts: Facts, card: Card) -> dict[str, Any]:
    users = facts.users if card is facts.card else ()
    return {
        "name": card.name,
        "capability": "{}.{}".format(*card.capability),
        "total_mb": _mb(card.total),
        "used_mb": _mb(card.used),
        "free_mb": _mb(card.free),
        "users": [{"name": user.name, "mb": _mb(user.used)} for user in users],
    }


def _torch(facts: Facts) -> dict[str, Any] | None:
    if facts.installed is None:
        return None
    probe = facts.probe
    return {
        "version": facts.installed.version,
        "cuda": facts.installed.cuda or None,
        "available": probe.available if probe else None,
        "architectures": [f"{major}.{minor}" for major, minor in probe.architectures]
        if probe
        else None,
        "card": probe.card if probe else None,
        "said": probe.said if probe else None,
    }


def _cap(facts: Facts) -> dict[str, Any]:
    cap = round(megabytes(facts.card.total * facts.fraction)) if facts.card else None
    return {"fraction": facts.fraction, "mb": cap}


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "engine": trial.engine,
        "model": trial.model,
        "device": trial.device,
        "compute_type": trial.compute_type,
        "problem": trial.problem,
        "load_s": trial.load_s,
        "recognition_ms": trial.recognition_ms,
        "text": trial.text,
        "allocated_mb": _mb(trial.allocated),
        "reserved_mb": _mb(trial.reserved),
        "on_card_mb": _mb(trial.on_card),
        "resident_mb": _mb(trial.resident),
    }


def _choice(chosen: Chosen) -> dict[str, Any]:
    return {
        "model": chosen.model,
        "engine": chosen.engine,
        "device": chosen.device,
        "compute_type": chosen.compute_type,
        "refused": chosen.refused[0] if chosen.refused else None,
    }


def _problem(problem: Problem | None, language: Locale) -> dict[str, Any] | None:
    if problem is None:
        return None
    return {
        "code": problem.key,
        "sentence": say(problem.key, language, **problem.params),
        "commands": list(problem.commands),
    }


def _mb(count: int) -> float:
    return round(megabytes(count), 1)
