"""List the models, and ask which one is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from voice_assistant.choice.fit import need
from voice_assistant.choice.plan import Plan
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.console import Console
from voice_assistant.errors import LaunchError, ModelError
from voice_assistant.messages import gigabytes, megabytes, say
from voice_assistant.models.download.offer import find_offers
from voice_assistant.settings import Settings

_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """Hold what the menu says of a model.

    Attributes:
        name: its name.
        size: bytes to fetch.
        half: bytes it takes of a card, in float16.
        int8: the same, in int8.
        languages: how many it was trained on.
        best: whether it is the one recommended for this computer.
        here: whether it is on this computer.
    """

    name: str
    size: int
    half: int
    int8: int
    languages: int
    best: bool
    here: bool


def find_entries(here: Surroundings, plan: Plan) -> list[MenuEntry]:
    """Return all models, in the order of their numbers."""
    return [
        MenuEntry(
            name,
            find_offers(model, plan.form, "auto")[0].size,
            need(model, "float16"),
            need(model, "int8"),
            model.languages,
            name == plan.best.model.name,
            here.has_any(name),
        )
        for name, model in here.models.items()
    ]


def show_models(console: Console, settings: Settings, here: Surroundings, plan: Plan) -> list[str]:
    """Write all models with a number each, and return their names in that order."""
    if plan.card is None:
        console.show("section", "download.for_cpu")
    else:
        console.show(
            "section",
            "download.for_card",
            card=plan.card.name,
            cap=gigabytes(plan.card.total * settings.gpu_memory_fraction),
            free=gigabytes(plan.card.free),
        )
    entries = find_entries(here, plan)
    for number, entry in enumerate(entries, 1):
        notes = []
        if entry.best:
            key = "download.best_for_cpu" if plan.card is None else "download.best_for_card"
            notes.append(say(key, console.language))
        if entry.here:
            notes.append(say("download.here", console.language))
        console.show(
            "plain",
            "download.model",
            number=number,
            name=entry.name,
            size=megabytes(entry.size),
            half=gigabytes(entry.half),
            int8=gigabytes(entry.int8),
            languages=entry.languages,
            notes="  ".join(notes),
        )
    return [entry.name for entry in entries]


def ask_model(console: Console, settings: Settings, here: Surroundings, plan: Plan) -> str:
    """Show the models and have one chosen by its number; Enter takes the recommended one.

    Raises:
        ModelError: there is nobody to ask.
        LaunchError: the answer is no number of the list.
    """
    names, best = show_models(console, settings, here, plan), plan.best.model.name
    answer = console.ask("download.which", number=names.index(best) + 1)
    if answer is None:
        raise ModelError("DOWNLOAD_NOT_CHOSEN")
    if answer == "":
        return best
    # Python makes no number of thousands of digits.
    number = int(answer[:_MOST_DIGITS]) if answer.isdecimal() else 0
    if not 1 <= number <= len(names):
        raise LaunchError("download.bad_number", answer=answer, count=len(names))
    return names[number - 1]
