"""Which model suits this computer best, whether it is here yet or not."""

from __future__ import annotations

from collections.abc import Sequence

from voice_assistant.cards import Card
from voice_assistant.models.fit import COMPUTE_TYPES, Candidate, fitting
from voice_assistant.models.known import MODELS

_MOST_PARAMETERS_ON_CPU = 100_000_000


def recommend(
    names: Sequence[str], card: Card | None, fraction: float, compute_types: Sequence[str] = ()
) -> Candidate | None:
    """The best of `names` for a card, or for the CPU where there is none or nothing fits.

    Args:
        names: of models, best first; unknown ones are passed over.
        card: as it is now.
        fraction: share of the card that is promised not to be exceeded.
        compute_types: to choose from; all that a card is used with, if empty.

    Returns:
        The way to run it; `None` if no name is known.
    """
    known = [name for name in names if name in MODELS]
    if not known:
        return None
    if card is not None:
        found, _ = fitting(known, compute_types or COMPUTE_TYPES, card, fraction)
        if found:
            return found[0]
    in_time = [name for name in known if MODELS[name].parameters <= _MOST_PARAMETERS_ON_CPU]
    return Candidate((in_time or known[-1:])[0], "cpu", "int8")
