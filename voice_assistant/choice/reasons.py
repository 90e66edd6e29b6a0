"""Say why a model was chosen, as keys of sentences."""

from __future__ import annotations

from collections.abc import Sequence

from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.settings import Settings
from voice_assistant.speech.config import EngineConfig


def why(settings: Settings, here: Surroundings, used: EngineConfig) -> list[str]:
    """Return the keys of the sentences that say why a model runs where it does, and why this one.

    Args:
        settings: what is wanted.
        here: what this computer has.
        used: what was chosen for both.
    """
    reasons = [_why_there(settings, here, used.device), _why_it(settings, here, used)]
    return [key for key in reasons if key]


def _why_there(settings: Settings, here: Surroundings, device: str) -> str:
    """Return why a model does not run on a card; nothing where it does."""
    if device == "cuda":
        return ""
    if not settings.wants_card:
        return "launcher.why_not_wanted"
    if not here.cards:
        return "launcher.why_no_card"
    has_torch = here.torch is not None and here.torch.cuda
    return "launcher.why_no_room" if has_torch else "launcher.why_no_torch"


def _why_it(settings: Settings, here: Surroundings, used: EngineConfig) -> str:
    wanted, name = settings.wanted_models, used.model.name
    if name not in wanted:
        # Checkpoints are no use to the CPU as they are.
        converting = used.device == "cpu" and _any_is_here(here, wanted)
        return "launcher.why_converting" if converting else "launcher.why_until"
    if settings.model != "auto":
        return "launcher.why_named"
    if used.device == "cpu" and _any_is_here(here, wanted[: wanted.index(name)]):
        return "launcher.why_quick"
    return "launcher.why_best"


def _any_is_here(here: Surroundings, names: Sequence[str]) -> bool:
    return any(here.has_any(name) for name in names)
