"""Advise on a card before it is bought: which model it runs, and what has room beside it.

How large a language model has room: with 4 bits a weight its file has 4.84 bits for each parameter
(Q4_K_M in llama.cpp's table for `quantize`), and 1.5 GB go to its context, to CUDA and to the
screen. Named is the largest of the usual sizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voice_assistant.choice.fit import COMPUTE_TYPES, fitting, need
from voice_assistant.machine.card import Card
from voice_assistant.messages import GIGABYTE, megabytes
from voice_assistant.models.known import select
from voice_assistant.models.model import Model

CARDS_GB = (2, 3, 4, 6, 8, 10, 12, 16, 24, 32, 48, 80)
"""Usual sizes of cards, in GB as they are sold. Drivers report up to 7 % more than as many times
10⁹ bytes, so what is computed from them is on the safe side."""

_BYTES_PER_PARAMETER = 4.84 / 8
_BESIDE = 1.5 * GIGABYTE
_USUAL_BILLIONS = (0.5, 1.5, 3, 4, 8, 14, 24, 32, 70, 120)


@dataclass(frozen=True, slots=True)
class Advice:
    """Hold what a card is good for.

    Attributes:
        card_gb: its memory, in GB (10⁹ bytes).
        model: the best of the list that fits; empty if none does.
        compute_type: form of its weights.
        taken_mb: what it takes of the card at its peak, in MB (10⁶ bytes).
        left_mb: what is left of the card then.
        language_model: the largest language model of 4 bits that has room in what is left, in
            billions of parameters; 0 if none has.
    """

    card_gb: float
    model: str
    compute_type: str
    taken_mb: int
    left_mb: int
    language_model: float


def advise(
    card_gb: float, names: Sequence[str], models: Mapping[str, Model], fraction: float
) -> Advice:
    """Return what an empty card is good for.

    Args:
        card_gb: its memory, in GB (10⁹ bytes).
        names: of models, best first; unknown ones are passed over.
        models: all that are known, by name.
        fraction: share of the card that is promised not to be exceeded.
    """
    total = round(card_gb * GIGABYTE)
    empty = Card("", total, 0, total, {})
    wanted = select(names, models)
    found, _ = fitting(wanted, COMPUTE_TYPES, empty, fraction) if wanted else ([], None)
    if not found:
        return Advice(card_gb, "", "", 0, round(megabytes(total)), language_model(total))
    best = found[0]
    taken = need(best.model, best.compute_type)
    left = total - taken
    return Advice(
        card_gb,
        best.model.name,
        best.compute_type,
        round(megabytes(taken)),
        round(megabytes(left)),
        language_model(left),
    )


def language_model(free: float) -> float:
    """Return the largest usual language model of 4 bits that `free` bytes hold, in billions."""
    most = (free - _BESIDE) / _BYTES_PER_PARAMETER / 1e9
    return max((size for size in _USUAL_BILLIONS if size <= most), default=0)
