"""Which models are here, which one is used, and why."""

from __future__ import annotations

from collections.abc import Sequence

from voice_assistant.choice.advice import shortfall
from voice_assistant.choice.choose import choose
from voice_assistant.choice.fit import limit
from voice_assistant.console import Console
from voice_assistant.errors import VoiceError
from voice_assistant.machine.card import Card
from voice_assistant.machine.installed_torch import find_installed
from voice_assistant.messages import say
from voice_assistant.models.known import MODELS
from voice_assistant.models.store import is_here
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig


def show_choice(console: Console, settings: Settings, cards: Sequence[Card]) -> None:
    """Write which models are here, the cap, what does not fit, and what is used and why."""
    if settings.engine == "fake":
        return
    here = [name for name in MODELS if is_here(MODELS[name], "torch", settings.model_dir)]
    console.show("good", "launcher.models_here", names=", ".join(here))
    wanted = settings.model_priority if settings.model == "auto" else [settings.model]
    if missing := [name for name in wanted if name not in here]:
        console.show("plain", "launcher.models_missing", names=", ".join(missing))
    if cards and settings.wants_card:
        _show_cap(console, settings, cards[0], [name for name in wanted if name in here])
    try:
        config = choose(settings).configs[0]
    except VoiceError as error:
        console.show("warning", error.code, **error.params)
        return
    separator = "；" if console.language == "zh" else "; "
    reasons = [_why_there(settings, cards, config.device), _why_it(settings, config, wanted, here)]
    console.show(
        "good",
        "launcher.model_used",
        model=config.model,
        compute_type=config.compute_type,
        engine=config.engine,
        device="GPU" if config.device == "cuda" else "CPU",
        why=separator.join(say(key, console.language) for key in reasons if key),
    )


def _show_cap(console: Console, settings: Settings, card: Card, names: Sequence[str]) -> None:
    fraction = settings.gpu_memory_fraction
    console.show(
        "good",
        "launcher.cap",
        percent=fraction * 100,
        cap_mb=card.total * fraction / 1e6,
        now_mb=limit(card, fraction) / 1e6,
    )
    for name in names:
        if lack := shortfall(MODELS[name], card, fraction):
            console.show("plain", "launcher.does_not_fit", model=name, lack_mb=lack / 1e6)


def _why_there(settings: Settings, cards: Sequence[Card], device: str) -> str:
    """The key of the sentence that says why not on a card; nothing where it is on one."""
    if device == "cuda":
        return ""
    if not settings.wants_card:
        return "launcher.why_not_wanted"
    if not cards:
        return "launcher.why_no_card"
    torch = find_installed()
    return "launcher.why_no_room" if torch and torch.cuda else "launcher.why_no_torch"


def _why_it(
    settings: Settings, used: EngineConfig, wanted: Sequence[str], here: Sequence[str]
) -> str:
    """The key of the sentence that says why this model."""
    if used.model not in wanted:
        # Checkpoints are no use to the CPU as they are.
        converting = used.device == "cpu" and any(name in here for name in wanted)
        return "launcher.why_converting" if converting else "launcher.why_until"
    if settings.model != "auto":
        return "launcher.why_named"
    passed_over = wanted[: wanted.index(used.model)]
    if used.device == "cpu" and any(name in here for name in passed_over):
        return "launcher.why_quick"
    return "launcher.why_best"
