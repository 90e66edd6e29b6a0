"""Choose what the speech process is to load, from the settings and what this computer has."""

from __future__ import annotations

import logging

from voice_assistant.choice.fit import COMPUTE_TYPES, Candidate, Loaded, fitting, without
from voice_assistant.choice.recommend import names_for_cpu
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.engines import ENGINES, engines_for
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card
from voice_assistant.models.known import STOPGAP
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings
from voice_assistant.speech.config import Choice, EngineConfig

_LOG = logging.getLogger(__name__)


def choose(settings: Settings, here: Surroundings, present: Loaded | None = None) -> Choice:
    """Return what to load, best first.

    Args:
        settings: what is wanted.
        here: what this computer has.
        present: what is loaded now and would go before.

    Raises:
        ModelError: `MODEL_MISSING`, no model of the settings is here; `GPU_MISSING`, the settings
            want a card and there is none, or no torch for it; `OUT_OF_MEMORY`, they want one and
            no model fits.
    """
    card = _card(settings, here)
    configs: list[EngineConfig] = []
    refused: ModelError | None = None
    if card is not None:
        configs, refused = _on_card(settings, here, without(card, present, here.models))
        if settings.device == "cuda" and refused is not None and not configs:
            raise refused
    if settings.device != "cuda":
        configs += _on_cpu(settings, here)
    if not configs:
        raise ModelError("MODEL_MISSING", model=", ".join(settings.wanted_models))
    absent = all(config.model.name != settings.model for config in configs)
    if settings.model in here.models and absent:
        refused = refused or ModelError("MODEL_ABSENT", model=settings.model)
    if refused is not None:
        _LOG.warning("not the best model: %s %s", refused.code, refused.params)
    return Choice(configs, refused)


def engine_config(settings: Settings, engine: str, candidate: Candidate) -> EngineConfig:
    """Return what an engine is made from to run a model in this way."""
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


def _card(settings: Settings, here: Surroundings) -> Card | None:
    """Return the card to use, if one is to be used."""
    if not settings.wants_card:
        return None
    if here.card is not None and here.torch is not None and here.torch.cuda:
        return here.card
    if settings.device == "cuda":
        raise ModelError("GPU_MISSING", detail="torch" if here.cards else "NVIDIA driver")
    return None


def _on_card(
    settings: Settings, here: Surroundings, card: Card
) -> tuple[list[EngineConfig], ModelError | None]:
    """Return what fits on the card, best first, and why something better does not."""
    engine = engines_for(settings.engine, "cuda")[0]
    models = _present(settings, here, engine, "cuda")
    if not models:
        return [], None
    any_type = settings.compute_type == "auto"
    compute_types = COMPUTE_TYPES if any_type else (settings.compute_type,)
    candidates, refused = fitting(models, compute_types, card, settings.gpu_memory_fraction)
    return [engine_config(settings, engine, candidate) for candidate in candidates], refused


def _on_cpu(settings: Settings, here: Surroundings) -> list[EngineConfig]:
    for engine in engines_for(settings.engine, "cpu"):
        if settings.engine == "auto" and ENGINES[engine].needs_torch and here.torch is None:
            continue
        # What is meant for a card does not hold for the last resort after it.
        compute_types = ENGINES[engine].cpu_types
        is_possible = settings.compute_type in compute_types
        compute_type = settings.compute_type if is_possible else compute_types[0]
        if models := _present(settings, here, engine, "cpu"):
            candidates = [Candidate(model, "cpu", compute_type) for model in models]
            return [engine_config(settings, engine, candidate) for candidate in candidates]
    return []


def _present(settings: Settings, here: Surroundings, engine: str, device: str) -> list[Model]:
    """Return the models of the settings that are here in a form for the engine, and at last base.

    Base always is: whoever waits for another one can speak meanwhile.
    """
    wanted = settings.wanted_models
    if not any(name in here.models for name in wanted):
        return []
    avoids_slow = device == "cpu" and ENGINES[engine].avoids_slow_models
    if avoids_slow and settings.model == "auto":
        wanted = names_for_cpu(wanted, here.models)
    names = dict.fromkeys([*wanted, STOPGAP])
    return [here.models[name] for name in names if here.has(name, engine)]
