"""The list of models, and the question which one."""

from __future__ import annotations

from voice_assistant.downloader.plan import Plan
from voice_assistant.errors import ModelError
from voice_assistant.launcher.console import Console
from voice_assistant.launcher.problem import LaunchError
from voice_assistant.messages import say
from voice_assistant.models.download.offer import find_offers
from voice_assistant.models.fit import need
from voice_assistant.models.known import MODELS
from voice_assistant.models.store import is_here
from voice_assistant.settings import Settings


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
    for number, (name, model) in enumerate(MODELS.items(), 1):
        notes = []
        if name == plan.best.model:
            key = "download.best_for_cpu" if plan.card is None else "download.best_for_card"
            notes.append(say(key, console.language))
        if any(is_here(model, kind, settings.model_dir) for kind in ("torch", "ctranslate2")):
            notes.append(say("download.here", console.language))
        console.show(
            "plain",
            "download.model",
            number=number,
            name=name,
            size=find_offers(model, plan.form, "auto")[0].size / 1e6,
            half=need(model, "float16") / 1e9,
            int8=need(model, "int8") / 1e9,
            languages=model.languages,
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
    if not answer.isdigit() or not 1 <= int(answer) <= len(names):
        raise LaunchError("download.bad_number", answer=answer, count=len(names))
    return names[int(answer) - 1]
