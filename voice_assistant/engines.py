"""List the engines that can run a model, and what is to be known of each before it is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineTraits:
    """Hold what others need to know of an engine.

    Attributes:
        module: where its class is; imported only in the speech process, and only if it is wanted.
        class_name: of its class.
        cpu_types: compute types on the CPU, the default first.
        runs_on_card: whether it can run on a graphics card, too.
        needs_torch: whether it has to have torch, which is not always installed.
        reads_checkpoints: whether it reads OpenAI's form as well as that of CTranslate2.
        avoids_slow_models: whether, on a CPU and with no model named, it runs only those that a CPU
            is quick enough for.
        needs_model: whether it runs a model at all; else it is for tests, and never chosen.
    """

    module: str
    class_name: str
    cpu_types: tuple[str, ...]
    runs_on_card: bool = False
    needs_torch: bool = False
    reads_checkpoints: bool = False
    avoids_slow_models: bool = False
    needs_model: bool = True


ENGINES: Mapping[str, EngineTraits] = {
    "ctranslate2": EngineTraits(
        module="voice_assistant.speech.worker.whisper.ctranslate2",
        class_name="CTranslate2Engine",
        cpu_types=("int8", "float32"),
        avoids_slow_models=True,
    ),
    "torch": EngineTraits(
        module="voice_assistant.speech.worker.whisper.torch.engine",
        class_name="TorchEngine",
        cpu_types=("float32", "float16", "int8"),
        runs_on_card=True,
        needs_torch=True,
        reads_checkpoints=True,
    ),
    "fake": EngineTraits(
        module="voice_assistant.speech.worker.whisper.fake",
        class_name="FakeEngine",
        cpu_types=("int8",),
        needs_model=False,
    ),
}
"""By name, as in `Settings.engine`; `auto` takes the first that can be had."""


def engines_for(wanted: str, device: str) -> list[str]:
    """Return the names of the engines to run a model with, best first; maybe none for a card.

    Args:
        wanted: the name of one, or `auto`.
        device: `cpu` or `cuda`.
    """
    any_one = [name for name, engine in ENGINES.items() if engine.needs_model]
    names = any_one if wanted == "auto" else [wanted]
    return [name for name in names if device == "cpu" or ENGINES[name].runs_on_card]
