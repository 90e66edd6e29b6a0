"""What is to be fetched for this computer."""

from __future__ import annotations

from dataclasses import dataclass

from voice_assistant.cards import Card, find_cards
from voice_assistant.errors import ModelError
from voice_assistant.models.download.offer import Form
from voice_assistant.models.fit import Candidate
from voice_assistant.models.recommend import recommend
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


def make_plan(settings: Settings, base_look_s: float = 0.0) -> Plan:
    """Look at this computer.

    Args:
        settings: name the models and the share of the card.
        base_look_s: seconds that base takes for a short command on this CPU; 0: not measured.

    Raises:
        ModelError: `MODEL_MISSING`, the settings name no model that is known.
    """
    card = _usable_card(settings)
    names = settings.model_priority if settings.model == "auto" else [settings.model]
    kinds = () if settings.compute_type == "auto" else (settings.compute_type,)
    best = recommend(names, card, settings.gpu_memory_fraction, kinds, base_look_s)
    if best is None:
        raise ModelError("MODEL_MISSING", model=", ".join(names))
    return Plan(card, best, "checkpoint" if best.device == "cuda" else "ctranslate2")


def _usable_card(settings: Settings) -> Card | None:
    if settings.device == "cpu" or settings.engine in ("ctranslate2", "fake"):
        return None
    cards = find_cards()
    return cards[0] if cards else None
