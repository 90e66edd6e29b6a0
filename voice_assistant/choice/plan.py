"""What is to be fetched for this computer."""

from __future__ import annotations

from dataclasses import dataclass

from voice_assistant.choice.fit import Candidate, Loaded, without
from voice_assistant.choice.recommend import recommend
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card, find_cards, find_driver
from voice_assistant.machine.installed_torch import find_installed, serves
from voice_assistant.machine.torch_builds import find_build
from voice_assistant.models.download.offer import Form
from voice_assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """What suits this computer.

    Attributes:
        card: that a model would run on; `None`: the CPU.
        best: the model to have, and how it would be run.
        form: of its files, that is read as it is.
    """

    card: Card | None
    best: Candidate
    form: Form


def make_plan(settings: Settings, base_look_s: float = 0.0, present: Loaded | None = None) -> Plan:
    """Look at this computer.

    Args:
        settings: name the models and the share of the card.
        base_look_s: seconds that base takes for a short command on this CPU; 0: not measured.
        present: what is loaded now and would go before.

    Raises:
        ModelError: `MODEL_MISSING`, the settings name no model that is known.
    """
    card = _usable_card(settings, present)
    names = settings.model_priority if settings.model == "auto" else [settings.model]
    kinds = () if settings.compute_type == "auto" else (settings.compute_type,)
    best = recommend(names, card, settings.gpu_memory_fraction, kinds, base_look_s)
    if best is None:
        raise ModelError("MODEL_MISSING", model=", ".join(names))
    return Plan(card, best, "checkpoint" if best.device == "cuda" else "ctranslate2")


def _usable_card(settings: Settings, present: Loaded | None) -> Card | None:
    if not settings.wants_card:
        return None
    cards, driver = find_cards(), find_driver()
    if not cards or driver is None:
        return None
    # An old card or driver may be one that no torch is made for any more.
    can_be = find_build(cards[0], driver) or serves(find_installed(), cards[0], driver)
    return without(cards[0], present) if can_be else None
