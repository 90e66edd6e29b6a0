"""Run a trial: this process writes an event of `trial_events` for each thing that it finds out.

Usage: python -m voice_assistant.self_check.trial_child CONFIG BEGAN: an `EngineConfig` as JSON with
the name of a built-in model, and when the process was wanted, in seconds since the epoch.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import psutil

from voice_assistant.choice.fit import card_to_use
from voice_assistant.errors import VoiceError
from voice_assistant.machine.card import find_cards
from voice_assistant.machine.torch_builds import Capability
from voice_assistant.models.known import built_in
from voice_assistant.processes.json_lines import write_event
from voice_assistant.self_check.facts import Probe, Trial
from voice_assistant.self_check.trial_events import TorchProbed, TrialEnded
from voice_assistant.speech.config import EngineConfig


def main(config: EngineConfig, began: float) -> None:
    """Tell what torch says, if it is to be used, and what came of recognising the packaged clip.

    Args:
        config: of the engine.
        began: when the process was wanted, in seconds since the epoch.
    """
    if config.device == "cuda":
        write_event(TorchProbed(_probe()))
    write_event(TrialEnded(_try(config, began)))


def _try(config: EngineConfig, began: float) -> Trial:
    trial = Trial(config.engine, config.model.name, config.device, config.compute_type)
    before = _used()
    from voice_assistant.speech.task import RecognitionOptions, Task
    from voice_assistant.speech.worker.main import load, run

    try:
        load(config)
        load_s = time.time() - began
        clip = (files("voice_assistant.speech.worker") / "data" / "warm_up.flac").read_bytes()
        start = time.perf_counter()
        (piece,) = run([Task(0, clip, 0, RecognitionOptions(("zh",), ""))], [])
        recognition_ms = 1e3 * (time.perf_counter() - start)
    except (VoiceError, MemoryError) as error:
        return replace(trial, problem=_reason(error))
    if isinstance(piece, VoiceError):
        return replace(trial, problem=_reason(piece))
    trial = replace(
        trial,
        load_s=round(load_s, 2),
        recognition_ms=round(recognition_ms, 1),
        text="".join(segment.text for segment in piece.segments),
        resident=psutil.Process().memory_info().rss,
    )
    return _with_card_memory(trial, before) if config.device == "cuda" else trial


def _reason(error: VoiceError | MemoryError) -> str:
    if isinstance(error, MemoryError):
        return f"OUT_OF_MEMORY: {error}"
    return ": ".join(filter(None, [error.code, str(error.params.get("detail", ""))]))


def _probe() -> Probe:
    """Return what torch says; its complaints are warnings."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        import torch

        available = torch.cuda.is_available()
        probe = Probe(str(torch.__version__), torch.version.cuda or "", available)
        if available:
            properties = torch.cuda.get_device_properties(0)
            probe = replace(
                probe,
                architectures=tuple(_capability(name) for name in torch.cuda.get_arch_list()),
                card=properties.name,
                capability=(properties.major, properties.minor),
                total=properties.total_memory,
            )
        said = [str(each.message) for each in complaints]
        if not available and not said:
            said = [_objection(torch)]
    return replace(probe, said=" ".join(said))


def _objection(torch: ModuleType) -> str:
    """Return why there is no card for torch, which it says only when it is asked to use one."""
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:
        return str(error).strip().splitlines()[0]
    return ""


def _capability(architecture: str) -> Capability:
    """Return the capability in a name such as `sm_86`, `sm_120` or `sm_90a`."""
    digits = "".join(letter for letter in architecture if letter.isdecimal())
    return int(digits[:-1]), int(digits[-1])


def _with_card_memory(trial: Trial, before: int) -> Trial:
    import torch

    card = card_to_use(find_cards())
    # Inside a container the driver knows the process by another number.
    own = card.by_process.get(os.getpid(), 0) if card else 0
    return replace(
        trial,
        allocated=torch.cuda.max_memory_allocated(),
        reserved=torch.cuda.max_memory_reserved(),
        on_card=own or max(0, _used() - before),
    )


def _used() -> int:
    card = card_to_use(find_cards())
    return card.used if card else 0


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    given |= {"model": built_in()[given["model"]], "model_dir": Path(given["model_dir"])}
    main(EngineConfig(**given), float(sys.argv[2]))
