"""Try a small real recognition in a process of its own, which may hang or crash."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from voice_assistant import ROOT
from voice_assistant.self_check.facts import Probe, Trial
from voice_assistant.speech.config import EngineConfig

LIMIT_S = 180
"""How long a trial may take: the first use of CUDA after an update reads gigabytes."""

_END_S = 5


def try_out(
    config: EngineConfig, limit_s: float = LIMIT_S, command: Sequence[str] = ()
) -> tuple[Probe | None, Trial]:
    """Recognise the packaged clip.

    Args:
        config: of the engine.
        limit_s: when the process is given up.
        command: to run in place of `trial_child`.

    Returns:
        What torch said of itself, if it was asked and lived to tell, and what came of it.
    """
    child = (sys.executable, "-m", "voice_assistant.self_check.trial_child")
    process = subprocess.Popen(
        [*(command or child), _encode(config), str(time.time())],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    output, errors, problem = "", "", ""
    try:
        output, errors = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        problem = f"no answer for {limit_s:g} s"
        process.kill()
        try:
            output, errors = process.communicate(timeout=_END_S)
        except subprocess.TimeoutExpired as stuck:  # in the driver: not even a signal ends it
            output = _text(stuck.stdout)
    told = _read(output)
    probe = _probe(told["probe"]) if "probe" in told else None
    found = told.get("trial", {})
    if not problem and not found:
        problem = _death(process.returncode, errors)
    return probe, _trial(config, problem, found)


def _trial(config: EngineConfig, problem: str, found: dict[str, Any]) -> Trial:
    about = {"problem": problem, **found}
    return Trial(config.engine, config.model.name, config.device, config.compute_type, **about)


def _probe(found: dict[str, Any]) -> Probe:
    pairs: dict[str, Any] = {
        "capability": tuple(found.pop("capability", (0, 0))),
        "architectures": tuple(tuple(each) for each in found.pop("architectures", ())),
    }
    return Probe(**found, **pairs)


def _encode(config: EngineConfig) -> str:
    """Return the configuration as JSON; its model is a built-in one, which the child knows."""
    values = {field.name: getattr(config, field.name) for field in fields(config)}
    return json.dumps({**values, "model": config.model.name, "model_dir": str(config.model_dir)})


def _read(output: str) -> dict[str, dict[str, Any]]:
    """Return the lines that are the child's own, by kind; libraries write where they like."""
    told = {}
    for line in output.splitlines():
        if line.startswith('{"kind": '):
            found = json.loads(line)
            told[found.pop("kind")] = found
    return told


def _death(code: int, errors: str) -> str:
    """Return how the process ended, and the last that it wrote."""
    last = (errors.strip().splitlines() or [""])[-1]
    how = f"ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"{how}: {last}" if last else how


def _text(output: bytes | str | None) -> str:
    if isinstance(output, bytes):
        return output.decode("utf-8", "replace")
    return output or ""
