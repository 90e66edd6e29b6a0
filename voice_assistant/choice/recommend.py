"""Recommend the model that suits this computer best, whether it is here yet or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voice_assistant.choice.fit import COMPUTE_TYPES, Candidate, fitting
from voice_assistant.machine.card import Card
from voice_assistant.models.known import STOPGAP, select
from voice_assistant.models.model import Model

# A command is to be done in about a second, and a second pass costs 2.8 times the first
# (`python -m benchmarks.cpu_models`).
_PASS_S = 0.36
# Beyond this no CPU of today is in time.
_MOST_CPU_COST = 4.0
_EXTRA, _BEFORE = "small", "base"


def names_for_cpu(names: Sequence[str], models: Mapping[str, Model]) -> list[str]:
    """Return those models of a list that a CPU may be asked to run without being told to.

    Small comes before base where the list does not say what becomes of it: lists are made with
    cards in mind, and whoever has small on a computer without one has fetched it for that.

    Args:
        names: of models, best first; unknown ones are passed over.
        models: all that are known, by name.
    """
    found = [model.name for model in select(names, models) if model.cpu_cost <= _MOST_CPU_COST]
    if _EXTRA not in found and _BEFORE in found:
        found.insert(found.index(_BEFORE), _EXTRA)
    return found


def recommend(
    names: Sequence[str],
    models: Mapping[str, Model],
    card: Card | None,
    fraction: float,
    *,
    compute_types: Sequence[str] = (),
    base_pass_s: float = 0.0,
) -> Candidate | None:
    """Return the best model for a card, or for the CPU where there is none or nothing fits.

    Args:
        names: of models, best first; unknown ones are passed over.
        models: all that are known, by name.
        card: as it is now.
        fraction: share of the card that is promised not to be exceeded.
        compute_types: to choose from; all that a card is used with, if empty.
        base_pass_s: seconds that base takes for a short command on this CPU; 0: not measured.

    Returns:
        The way to run it; `None` if no name is known.
    """
    wanted = select(names, models)
    if not wanted:
        return None
    if card is not None:
        found, _ = fitting(wanted, compute_types or COMPUTE_TYPES, card, fraction)
        if found:
            return found[0]
    if len(wanted) == 1:  # by name
        return Candidate(wanted[0], "cpu", "int8")
    for name in names_for_cpu([model.name for model in wanted], models):
        cost = models[name].cpu_cost
        if cost <= 1 or 0 < cost * base_pass_s <= _PASS_S:
            return Candidate(models[name], "cpu", "int8")
    return Candidate(models[STOPGAP], "cpu", "int8")
