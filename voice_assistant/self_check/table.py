"""Write the advice for cards of usual sizes as a table in Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from voice_assistant.choice.advice import CARDS_GB, Advice, advise
from voice_assistant.messages import Locale, say
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings


def table(settings: Settings, models: Mapping[str, Model], language: Locale) -> str:
    """Return a line for each size of card, under a header."""
    header = [say(key, language) for key in ("gpu.column_card", "gpu.column_model")]
    header += [say(key, language) for key in ("gpu.column_taken", "gpu.column_left")]
    header += [say("gpu.column_beside", language)]
    names, fraction = settings.model_priority, settings.gpu_memory_fraction
    rows = [_row(advise(size, names, models, fraction), language) for size in CARDS_GB]
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _row(advice: Advice, language: Locale) -> list[str]:
    model = f"{advice.model} {advice.compute_type}".strip() or say("gpu.beside_none", language)
    beside = (
        say("gpu.beside", language, billions=advice.language_model)
        if advice.language_model
        else say("gpu.beside_none", language)
    )
    sizes = [f"{advice.taken_mb:,} MB", f"{advice.left_mb:,} MB"]
    return [f"{advice.card_gb:g} GB", model, *sizes, beside]
