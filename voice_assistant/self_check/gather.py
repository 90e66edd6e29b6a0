"""Finds out what there is; whatever the driver does, it comes to an end."""

from __future__ import annotations

import os
import platform
import sys
import threading

from voice_assistant.choice.advice import shortfall
from voice_assistant.choice.choose import choose
from voice_assistant.choice.fit import fitting
from voice_assistant.errors import VoiceError
from voice_assistant.machine.card import Card, Driver, find_cards, find_driver
from voice_assistant.machine.card_users import find_users
from voice_assistant.machine.installed_torch import find_installed
from voice_assistant.machine.pci import lists_nvidia
from voice_assistant.models.known import MODELS
from voice_assistant.self_check.facts import Chosen, Facts
from voice_assistant.self_check.trial import try_out
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig

_MODEL = "base"
_DRIVER_S = 60


def gather(settings: Settings) -> Facts:
    """Look at the driver, the cards and torch, and try them out."""
    driver, cards = _ask_driver()
    silent = driver is not None and not driver.version
    installed = find_installed()
    card = cards[0] if cards else None
    room = shortfall(MODELS[_MODEL], card, settings.gpu_memory_fraction) if card else 0
    probe = on_card = on_cpu = None
    if installed and installed.cuda and not room and not silent:
        probe, on_card = try_out(_on_card(settings, card))
        if card is None and probe is not None and not probe.available:
            on_card = None  # there was no card to try
    if on_card is None or on_card.problem:
        _, on_cpu = try_out(_config(settings, "ctranslate2", "cpu", "int8"))
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    return Facts(
        platform=sys.platform,
        system=platform.platform(),
        python=platform.python_version(),
        driver=driver,
        cards=cards,
        users=tuple(find_users(card)) if card else (),
        nvidia_in_pci=lists_nvidia(),
        hidden=hidden if hidden is not None and hidden.strip() in ("", "-1") else None,
        installed=installed,
        probe=probe,
        on_card=on_card,
        on_cpu=on_cpu,
        fraction=settings.gpu_memory_fraction,
        room=room,
        # Its answer would be waited for once more.
        chosen=_choose(settings.model_copy(update={"device": "cpu"}) if silent else settings),
    )


def _ask_driver() -> tuple[Driver | None, tuple[Card, ...]]:
    """The driver and its cards; a driver that hangs is one with a problem."""
    answers: list[tuple[Driver | None, tuple[Card, ...]]] = []
    asking = threading.Thread(
        target=lambda: answers.append((find_driver(), tuple(find_cards()))), daemon=True
    )
    asking.start()
    asking.join(_DRIVER_S)
    return answers[0] if answers else (Driver("", problem=f"no answer for {_DRIVER_S} s"), ())


def _on_card(settings: Settings, card: Card | None) -> EngineConfig:
    fraction, compute_type = settings.gpu_memory_fraction, "float16"
    if card is not None:
        found, _ = fitting([_MODEL], ("float16", "int8"), card, fraction)
        fraction, compute_type = found[0].memory_fraction, found[0].compute_type
    return _config(settings, "torch", "cuda", compute_type, fraction)


def _config(
    settings: Settings, engine: str, device: str, compute_type: str, fraction: float = 1.0
) -> EngineConfig:
    return EngineConfig(
        engine=engine,
        model=_MODEL,
        model_dir=settings.model_dir,
        device=device,
        compute_type=compute_type,
        memory_fraction=fraction,
        threads=settings.cpu_threads,
        max_audio_s=settings.max_audio_s,
        script=settings.script,
    )


def _choose(settings: Settings) -> Chosen:
    try:
        choice = choose(settings)
    except VoiceError as error:
        return Chosen("", refused=(error.code, error.params))
    best, refused = choice.configs[0], choice.refused
    return Chosen(
        best.model,
        best.engine,
        best.device,
        best.compute_type,
        (refused.code, refused.params) if refused else None,
    )
