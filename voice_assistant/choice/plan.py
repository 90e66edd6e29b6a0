"""Plan which model this computer is to have, whether it is here yet or not."""

from __future__ import annotations

from dataclasses import dataclass

from voice_assistant.choice.fit import Candidate, Loaded, without
from voice_assistant.choice.recommend import recommend
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card
from voice_assistant.machine.installed_torch import serves
from voice_assistant.machine.torch_builds import find_build
from voice_assistant.models.download.offer import Form
from voice_assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what suits this computer.

    Attributes:
        card: that a model would run on; `None`: the CPU.
        best: the model to have, and how it would be run.
        form: of its files, that is read as it is.
    """

    card: Card | None
    best: Candidate
    form: Form


def make_plan(
    settings: Settings,
    here: Surroundings,
    base_pass_s: float = 0.0,
    present: Loaded | None = None,
) -> Plan:
    """Return what suits this computer.

    Args:
        settings: name the models and the share of the card.
        here: what this computer has.
        base_pass_s: seconds that base takes for a short command on this CPU; 0: not measured.
        present: what is loaded now and would go before.

    Raises:
        ModelError: `MODEL_MISSING`, the settings name no model that is known.
    """
    card = _usable_card(settings, here, present)
    names = settings.wanted_models
    compute_types = () if settings.compute_type == "auto" else (settings.compute_type,)
    best = recommend(
        *(names, here.models, card, settings.gpu_memory_fraction),
        compute_types=compute_types,
        base_pass_s=base_pass_s,
    )
    if best is None:
        raise ModelError("MODEL_MISSING", model=", ".join(names))
    return Plan(card, best, "checkpoint" if best.device == "cuda" else "ctranslate2")


def _usable_card(settings: Settings, here: Surroundings, present: Loaded | None) -> Card | None:
    card, driver = here.card, here.driver
    if not settings.wants_card or card is None or driver is None:
        return None
    # An old card or driver may be one that no torch is made for any more.
    can_be = find_build(card, driver) or serves(here.torch, card, driver)
    return without(card, present, here.models) if can_be else None
