"""Find the ways to run models on a card that keep the promise about its memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card
from voice_assistant.messages import megabytes
from voice_assistant.models.model import Model

_MIB = 1 << 20

# What a process takes of a card before its first tensor: 200 to 700 MB (docs/sources.md, "What a
# process takes of a card").
_CONTEXT = 500 * _MIB

COMPUTE_TYPES = ("float16", "int8")
"""Those a card is used with, the most exact first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold a way to run a model.

    Attributes:
        model: which one.
        device: `cuda` or `cpu`.
        compute_type: form of its weights.
        memory_fraction: share of the card's memory for its tensors, 0…1.
    """

    model: Model
    device: str
    compute_type: str
    memory_fraction: float = 1.0


class Loaded(Protocol):
    """Tell of a model that a process of ours has loaded."""

    @property
    def model(self) -> str:
        """Return its name."""

    @property
    def device(self) -> str:
        """Return `cuda` or `cpu`."""

    @property
    def compute_type(self) -> str:
        """Return the form of its weights."""

    @property
    def pid(self) -> int:
        """Return the number of the process."""


def card_to_use(cards: Sequence[Card]) -> Card | None:
    """Return the card that models run on: the first one, as torch counts them."""
    return cards[0] if cards else None


def need(model: Model, compute_type: str) -> int:
    """Return the bytes of a card that a model takes at its peak, CUDA's own included."""
    return (model.weights_mib[compute_type] + model.working_mib) * _MIB + _CONTEXT


def without(card: Card, loaded: Loaded | None, models: Mapping[str, Model]) -> Card:
    """Return a card as it would be if a model of ours were not on it.

    Args:
        card: as it is now.
        loaded: the model, if there is one, on the card or not; what its process takes is estimated
            where the driver does not say.
        models: all that are known, by name.
    """
    if loaded is None or loaded.device != "cuda":
        return card
    ours = card.by_process.get(loaded.pid) or need(models[loaded.model], loaded.compute_type)
    free = min(card.free + ours, card.total)
    return replace(card, used=card.total - free, free=free)


def limit(card: Card, fraction: float) -> int:
    """Return the bytes that may be taken now: the promised share, or what others left of it."""
    return min(int(card.total * fraction), card.free)


def fitting(
    models: Sequence[Model], compute_types: Sequence[str], card: Card, fraction: float
) -> tuple[list[Candidate], ModelError | None]:
    """Return the ways to run models on a card, best first.

    Args:
        models: at least one, best first.
        compute_types: to choose from, the most exact first.
        card: as it is now, without a model of ours.
        fraction: share of the card that is promised not to be exceeded.

    Returns:
        What fits, and why the first model is not among it, if so.
    """
    free = limit(card, fraction)
    found = list(_fitting(models, compute_types, card, free))
    if found and found[0].model == models[0]:
        return found, None
    detail = f"{megabytes(least(models[0], compute_types)):.0f} MB > {megabytes(free):.0f} MB"
    return found, ModelError("OUT_OF_MEMORY", model=models[0].name, detail=detail)


def least(model: Model, compute_types: Sequence[str] = COMPUTE_TYPES) -> int:
    """Return the bytes of a card that the smallest form of a model takes at its peak."""
    return min(need(model, compute_type) for compute_type in compute_types)


def shortfall(model: Model, card: Card, fraction: float) -> int:
    """Return the bytes that a model's smallest form lacks on a card as it is now; 0 if it fits."""
    return max(0, least(model) - limit(card, fraction))


def _fitting(
    models: Sequence[Model], compute_types: Sequence[str], card: Card, free: int
) -> Iterator[Candidate]:
    for model in models:
        for compute_type in compute_types:
            if need(model, compute_type) <= free:
                yield Candidate(model, "cuda", compute_type, (free - _CONTEXT) / card.total)
