"""Run the trial in its process, and write a line of JSON for each thing that was found out.

Usage: python -m voice_assistant.self_check.trial_child CONFIG BEGAN: an `EngineConfig` as JSON with
the name of a built-in model, and when the process was wanted, in seconds since the epoch.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from importlib.resources import files
from pathlib import Path
from typing import Any

import psutil

from voice_assistant.choice.fit import card_to_use
from voice_assistant.errors import VoiceError
from voice_assistant.machine.card import find_cards
from voice_assistant.models.known import built_in
from voice_assistant.speech.config import EngineConfig


def main(config: EngineConfig, began: float) -> None:
    """Say what torch says, if it is to be used, and recognise the packaged clip.

    Args:
        config: of the engine.
        began: when the process was wanted, in seconds since the epoch.
    """
    card = config.device == "cuda"
    if card:
        _tell("probe", **_probe())
    before = _used()
    from voice_assistant.speech.task import Task, Wish
    from voice_assistant.speech.worker.main import load, run

    try:
        load(config)
        load_s = time.time() - began
        clip = (files("voice_assistant.speech.worker") / "data" / "warm_up.flac").read_bytes()
        start = time.perf_counter()
        (piece,) = run([Task(0, clip, 0, Wish(("zh",), ""))], [])
        recognition_ms = 1e3 * (time.perf_counter() - start)
    except (VoiceError, MemoryError) as error:
        _tell("trial", problem=_reason(error))
        return
    if isinstance(piece, VoiceError):
        _tell("trial", problem=_reason(piece))
        return
    _tell(
        "trial",
        load_s=round(load_s, 2),
        recognition_ms=round(recognition_ms, 1),
        text="".join(segment.text for segment in piece.segments),
        resident=psutil.Process().memory_info().rss,
        **(_card_memory(before) if card else {}),
    )


def _reason(error: VoiceError | MemoryError) -> str:
    if isinstance(error, MemoryError):
        return f"OUT_OF_MEMORY: {error}"
    return ": ".join(filter(None, [error.code, str(error.params.get("detail", ""))]))


def _probe() -> dict[str, Any]:
    """Return what torch says; its complaints are warnings."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        import torch

        available = torch.cuda.is_available()
        found: dict[str, Any] = {
            "version": torch.__version__,
            "cuda": torch.version.cuda or "",
            "available": available,
        }
        if available:
            properties = torch.cuda.get_device_properties(0)
            found |= {
                "architectures": [_capability(name) for name in torch.cuda.get_arch_list()],
                "card": properties.name,
                "capability": [properties.major, properties.minor],
                "total": properties.total_memory,
            }
        said = [str(each.message) for each in complaints]
        if not available and not said:
            said = [_objection(torch)]
    return {**found, "said": " ".join(said)}


def _objection(torch: Any) -> str:
    """Return why there is no card for torch, which it says only when it is asked to use one."""
    try:
        torch.cuda.init()
    except (RuntimeError, AssertionError) as error:
        return str(error).strip().splitlines()[0]
    return ""


def _capability(architecture: str) -> list[int]:
    """Return the compute capability in a name such as `sm_86`, `sm_120` or `sm_90a`."""
    digits = "".join(letter for letter in architecture if letter.isdigit())
    return [int(digits[:-1]), int(digits[-1])]


def _card_memory(before: int) -> dict[str, int]:
    import torch

    card = card_to_use(find_cards())
    # Inside a container the driver knows the process by another number.
    own = card.by_process.get(os.getpid(), 0) if card else 0
    return {
        "allocated": torch.cuda.max_memory_allocated(),
        "reserved": torch.cuda.max_memory_reserved(),
        "on_card": own or max(0, _used() - before),
    }


def _used() -> int:
    card = card_to_use(find_cards())
    return card.used if card else 0


def _tell(kind: str, **found: object) -> None:
    sys.stdout.write(json.dumps({"kind": kind, **found}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    given |= {"model": built_in()[given["model"]], "model_dir": Path(given["model_dir"])}
    main(EngineConfig(**given), float(sys.argv[2]))
