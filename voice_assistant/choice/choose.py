"""What the speech process is to load, from the settings and what this computer has."""

from __future__ import annotations

import logging

from voice_assistant.choice.fit import COMPUTE_TYPES, Candidate, Loaded, fitting, without
from voice_assistant.choice.recommend import names_for_cpu
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card, find_cards
from voice_assistant.machine.installed_torch import find_installed
from voice_assistant.models.known import MODELS
from voice_assistant.models.store import STOPGAP, is_here
from voice_assistant.settings import Settings
from voice_assistant.speech.config import Choice, EngineConfig

_LOG = logging.getLogger(__name__)

# The first is the default. What is meant for a card does not hold for the last resort after it.
_CPU_TYPES = {
    "ctranslate2": ("int8", "float32"),
    "torch": ("float32", "float16", "int8"),
    "fake": ("int8",),
}


def choose(settings: Settings, present: Loaded | None = None) -> Choice:
    """What to load, best first.

    Args:
        settings: what is wanted.
        present: what is loaded now and would go before.

    Raises:
        ModelError: `MODEL_MISSING`, no model of the settings is here; `GPU_MISSING`, the settings
            want a card and there is none, or no torch for it; `OUT_OF_MEMORY`, they want one and
            no model fits.
    """
    card, refused = _card(settings), None
    candidates: list[Candidate] = []
    if card is not None:
        names = _present(settings, "torch")
        if names:
            kinds = COMPUTE_TYPES if settings.compute_type == "auto" else (settings.compute_type,)
            room = without(card, present)
            candidates, refused = fitting(names, kinds, room, settings.gpu_memory_fraction)
        if settings.device == "cuda" and refused is not None and not candidates:
            raise refused
    configs = [_config(settings, "torch", candidate) for candidate in candidates]
    if settings.device != "cuda":
        configs += _on_cpu(settings)
    if not configs:
        raise ModelError("MODEL_MISSING", model=", ".join(_wanted(settings)))
    if settings.model in MODELS and all(config.model != settings.model for config in configs):
        refused = refused or ModelError("MODEL_ABSENT", model=settings.model)
    if refused is not None:
        _LOG.warning("not the best model: %s %s", refused.code, refused.params)
    return Choice(configs, refused)


def _card(settings: Settings) -> Card | None:
    """The card to use, if one is to be used."""
    if not settings.wants_card:
        return None
    cards = find_cards()
    torch = find_installed()
    if cards and torch is not None and torch.cuda:
        return cards[0]
    if settings.device == "cuda":
        raise ModelError("GPU_MISSING", detail="torch" if cards else "NVIDIA driver")
    return None


def _on_cpu(settings: Settings) -> list[EngineConfig]:
    engines = [settings.engine]
    if settings.engine == "auto":
        engines = ["ctranslate2", "torch"] if find_installed() else ["ctranslate2"]
    for engine in engines:
        kinds = _CPU_TYPES[engine]
        kind = settings.compute_type if settings.compute_type in kinds else kinds[0]
        if names := _present(settings, engine):
            return [_config(settings, engine, Candidate(name, "cpu", kind)) for name in names]
    return []


def _wanted(settings: Settings) -> list[str]:
    return settings.model_priority if settings.model == "auto" else [settings.model]


def _present(settings: Settings, engine: str) -> list[str]:
    """The models of the settings that are here in a form for the engine, and at last base.

    Base always is: whoever waits for another one can speak meanwhile.
    """
    wanted = _wanted(settings)
    if not any(name in MODELS for name in wanted):
        return []
    if engine == "ctranslate2" and settings.model == "auto":
        wanted = names_for_cpu(wanted)
    return [
        name
        for name in dict.fromkeys([*wanted, STOPGAP])
        if name in MODELS and is_here(MODELS[name], engine, settings.model_dir)
    ]


def _config(settings: Settings, engine: str, candidate: Candidate) -> EngineConfig:
    return EngineConfig(
        engine=engine,
        model=candidate.model,
        model_dir=settings.model_dir,
        device=candidate.device,
        compute_type=candidate.compute_type,
        memory_fraction=candidate.memory_fraction,
        threads=settings.cpu_threads,
        max_audio_s=settings.max_audio_s,
        script=settings.script,
    )
