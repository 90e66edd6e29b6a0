"""Which model to run, and where: the best one that keeps the promise about memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card
from voice_assistant.models.known import MODELS
from voice_assistant.models.model import Model

_MIB = 1 << 20

# What a process takes of a card before its first tensor: 200 to 700 MB (docs/sources.md, "What a
# process takes of a card").
_CONTEXT = 500 * _MIB

COMPUTE_TYPES = ("float16", "int8")
"""Those a card is used with, the most exact first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to run a model.

    Attributes:
        model: its name.
        device: `cuda` or `cpu`.
        compute_type: form of its weights.
        memory_fraction: share of the card's memory for its tensors, 0…1.
    """

    model: str
    device: str
    compute_type: str
    memory_fraction: float = 1.0


class Loaded(Protocol):
    """A model in a process of ours."""

    @property
    def model(self) -> str:
        """Its name."""

    @property
    def device(self) -> str:
        """`cuda` or `cpu`."""

    @property
    def compute_type(self) -> str:
        """Form of its weights."""

    @property
    def pid(self) -> int:
        """Of the process."""


def need(model: Model, compute_type: str) -> int:
    """Bytes of a card that a model takes at its peak, CUDA's own included."""
    return (model.weights_mib[compute_type] + model.working_mib) * _MIB + _CONTEXT


def without(card: Card, loaded: Loaded | None) -> Card:
    """A card as it would be if a model of ours were not on it.

    Args:
        card: as it is now.
        loaded: the model, if there is one, on the card or not; what its process takes is estimated
            where the driver does not say.
    """
    if loaded is None or loaded.device != "cuda":
        return card
    ours = card.by_process.get(loaded.pid) or need(MODELS[loaded.model], loaded.compute_type)
    free = min(card.free + ours, card.total)
    return replace(card, used=card.total - free, free=free)


def limit(card: Card, fraction: float) -> int:
    """Bytes that may be taken now: the promised share, or what others have left of it."""
    return min(int(card.total * fraction), card.free)


def fitting(
    names: Sequence[str], compute_types: Sequence[str], card: Card, fraction: float
) -> tuple[list[Candidate], ModelError | None]:
    """The ways to run models on a card, best first.

    Args:
        names: of models that are here, best first.
        compute_types: to choose from, the most exact first.
        card: as it is now, without a model of ours.
        fraction: share of the card that is promised not to be exceeded.

    Returns:
        What fits, and why the first model is not among it, if so.
    """
    free = limit(card, fraction)
    found = list(_fitting(names, compute_types, card, free))
    if found and found[0].model == names[0]:
        return found, None
    least = min(need(MODELS[names[0]], compute_type) for compute_type in compute_types)
    detail = f"{least / 1e6:.0f} MB > {free / 1e6:.0f} MB"
    return found, ModelError("OUT_OF_MEMORY", model=names[0], detail=detail)


def _fitting(
    names: Sequence[str], compute_types: Sequence[str], card: Card, free: int
) -> Iterator[Candidate]:
    for name in names:
        for compute_type in compute_types:
            if need(MODELS[name], compute_type) <= free:
                yield Candidate(name, "cuda", compute_type, (free - _CONTEXT) / card.total)
