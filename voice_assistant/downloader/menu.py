"""The list of models, and the question which one."""

from __future__ import annotations

from dataclasses import dataclass

from voice_assistant.choice.fit import need
from voice_assistant.choice.plan import Plan
from voice_assistant.console import Console
from voice_assistant.errors import LaunchError, ModelError
from voice_assistant.messages import say
from voice_assistant.models.download.offer import find_offers
from voice_assistant.models.known import MODELS
from voice_assistant.models.store import is_here
from voice_assistant.settings import Settings

_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that can be chosen.

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


def find_choices(settings: Settings, plan: Plan) -> list[Choice]:
    """All models, in the order of their numbers."""
    return [
        Choice(
            name,
            find_offers(model, plan.form, "auto")[0].size,
            need(model, "float16"),
            need(model, "int8"),
            model.languages,
            name == plan.best.model,
            any(is_here(model, engine, settings.model_dir) for engine in ("torch", "ctranslate2")),
        )
        for name, model in MODELS.items()
    ]


def show_models(console: Console, settings: Settings, plan: Plan) -> list[str]:
    """Write all models with a number each, and return their names in that order."""
    if plan.card is None:
        console.show("section", "download.for_cpu")
    else:
        cap = plan.card.total * settings.gpu_memory_fraction
        console.show(
            "section",
            "download.for_card",
            card=plan.card.name,
            cap=cap / 1e9,
            free=plan.card.free / 1e9,
        )
    for number, choice in enumerate(find_choices(settings, plan), 1):
        notes = []
        if choice.best:
            key = "download.best_for_cpu" if plan.card is None else "download.best_for_card"
            notes.append(say(key, console.language))
        if choice.here:
            notes.append(say("download.here", console.language))
        console.show(
            "plain",
            "download.model",
            number=number,
            name=choice.name,
            size=choice.size / 1e6,
            half=choice.half / 1e9,
            int8=choice.int8 / 1e9,
            languages=choice.languages,
            notes="  ".join(notes),
        )
    return list(MODELS)


def ask_model(console: Console, settings: Settings, plan: Plan) -> str:
    """Show the models and have one chosen by its number; Enter takes the recommended one.

    Raises:
        ModelError: there is nobody to ask.
        LaunchError: the answer is no number of the list.
    """
    names = show_models(console, settings, plan)
    answer = console.ask("download.which", number=names.index(plan.best.model) + 1)
    if answer is None:
        raise ModelError("DOWNLOAD_NOT_CHOSEN")
    if answer == "":
        return plan.best.model
    # Python makes no number of thousands of digits.
    number = int(answer[:_MOST_DIGITS]) if answer.isdecimal() else 0
    if not 1 <= number <= len(names):
        raise LaunchError("download.bad_number", answer=answer, count=len(names))
    return names[number - 1]
