"""Write which models are here, which one is used, and why."""

from __future__ import annotations

from collections.abc import Sequence

from voice_assistant.choice.chooser import Chosen
from voice_assistant.choice.fit import limit, shortfall
from voice_assistant.choice.reasons import why
from voice_assistant.console import Console
from voice_assistant.errors import ModelError
from voice_assistant.machine.card import Card
from voice_assistant.messages import megabytes, say
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings


def show_choice(console: Console, settings: Settings, chosen: Chosen) -> None:
    """Write which models are here, the cap, what does not fit, and what is used and why."""
    if not settings.needs_model:
        return
    here, choice = chosen.here, chosen.choice
    present = [name for name in here.models if here.has_any(name)]
    console.show("good", "launcher.models_here", names=", ".join(present))
    wanted = settings.wanted_models
    if missing := [name for name in wanted if name not in present]:
        console.show("plain", "launcher.models_missing", names=", ".join(missing))
    if here.card is not None and settings.wants_card:
        models = [here.models[name] for name in wanted if name in present]
        _show_cap(console, settings.gpu_memory_fraction, here.card, models)
    if isinstance(choice, ModelError):
        console.show("warning", choice.code, **choice.params)
        return
    config = choice.configs[0]
    separator = "；" if console.language == "zh" else "; "
    console.show(
        "good",
        "launcher.model_used",
        model=config.model.name,
        compute_type=config.compute_type,
        engine=config.engine,
        device="GPU" if config.device == "cuda" else "CPU",
        why=separator.join(say(key, console.language) for key in why(settings, here, config)),
    )


def _show_cap(console: Console, fraction: float, card: Card, models: Sequence[Model]) -> None:
    console.show(
        "good",
        "launcher.cap",
        percent=fraction * 100,
        cap_mb=megabytes(card.total * fraction),
        now_mb=megabytes(limit(card, fraction)),
    )
    for model in models:
        if lacking := shortfall(model, card, fraction):
            console.show(
                "plain", "launcher.does_not_fit", model=model.name, lack_mb=megabytes(lacking)
            )
