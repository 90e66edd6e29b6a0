"""Find out what there is; whatever the driver does, it comes to an end."""

from __future__ import annotations

import os
import platform
import sys
import threading
from collections.abc import Callable

from voice_assistant.choice.choose import choose, engine_config
from voice_assistant.choice.fit import COMPUTE_TYPES, Candidate, fitting, shortfall
from voice_assistant.choice.surroundings import Cards, Surroundings, ask_driver
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.card_users import find_users
from voice_assistant.machine.pci import lists_nvidia
from voice_assistant.models.known import STOPGAP
from voice_assistant.models.model import Model
from voice_assistant.self_check.facts import Chosen, Facts, Probe, Trial
from voice_assistant.self_check.trial import try_out
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig

_DRIVER_S = 60.0

TryOut = Callable[[EngineConfig], tuple[Probe | None, Trial]]
"""`try_out`, or what a test has in its place."""


def ask_patiently(ask: Callable[[], Cards] = ask_driver, limit_s: float = _DRIVER_S) -> Cards:
    """Return the driver and its cards; a driver that hangs is one with a problem.

    Args:
        ask: asks the driver.
        limit_s: seconds after which it counts as hanging.
    """
    answers: list[Cards] = []
    asking = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    asking.start()
    asking.join(limit_s)
    return answers[0] if answers else (Driver("", problem=f"no answer for {limit_s:g} s"), ())


def gather(
    settings: Settings,
    here: Surroundings,
    try_out: TryOut = try_out,
    lists_nvidia: Callable[[], bool] = lists_nvidia,
) -> Facts:
    """Return the facts about this computer, its card and torch, once both have been tried out.

    Args:
        settings: of the service.
        here: what this computer has, with all that its driver tells, wanted or not.
        try_out: tries an engine.
        lists_nvidia: tells whether the system lists a card of NVIDIA's.
    """
    card, model = here.card, here.models[STOPGAP]
    lacking = shortfall(model, card, settings.gpu_memory_fraction) if card else 0
    silent = here.driver is not None and not here.driver.version
    probe = on_card = on_cpu = None
    if here.torch and here.torch.cuda and not lacking and not silent:
        probe, on_card = try_out(_on_card(settings, model, card))
        if card is None and probe is not None and not probe.available:
            on_card = None  # there was no card to try
    if on_card is None or on_card.problem:
        _, on_cpu = try_out(engine_config(settings, "ctranslate2", Candidate(model, "cpu", "int8")))
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    return Facts(
        platform=sys.platform,
        system=platform.platform(),
        python=platform.python_version(),
        driver=here.driver,
        cards=here.cards,
        users=tuple(find_users(card)) if card else (),
        nvidia_in_pci=lists_nvidia(),
        hidden=hidden if hidden is not None and hidden.strip() in ("", "-1") else None,
        installed=here.torch,
        probe=probe,
        on_card=on_card,
        on_cpu=on_cpu,
        fraction=settings.gpu_memory_fraction,
        lacking=lacking,
        chosen=_choose(settings, here),
    )


def _on_card(settings: Settings, model: Model, card: Card | None) -> EngineConfig:
    """Return how to try a card on which the model fits, or one that only torch may see."""
    candidate = Candidate(model, "cuda", "float16", settings.gpu_memory_fraction)
    if card is not None:
        (candidate, *_), _ = fitting([model], COMPUTE_TYPES, card, settings.gpu_memory_fraction)
    return engine_config(settings, "torch", candidate)


def _choose(settings: Settings, here: Surroundings) -> Chosen:
    """Return what the service would load, or why it would load nothing."""
    try:
        choice = choose(settings, here)
    except ModelError as error:
        return Chosen("", refused=(error.code, error.params))
    best, refused = choice.configs[0], choice.refused
    return Chosen(
        best.model.name,
        best.engine,
        best.device,
        best.compute_type,
        (refused.code, refused.params) if refused else None,
    )
