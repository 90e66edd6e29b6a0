"""Try a small real recognition in a process of its own, which may hang or crash."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import fields, replace

from voice_assistant import ROOT
from voice_assistant.processes.json_lines import EventReader
from voice_assistant.self_check.facts import Probe, Trial
from voice_assistant.self_check.trial_events import TorchProbed, TrialEnded
from voice_assistant.speech.config import EngineConfig

LIMIT_S = 180
"""How long a trial may take: the first use of CUDA after an update reads gigabytes."""

# What is killed ends at once, unless it hangs in the driver.
_END_S = 5

_EVENTS: EventReader[TorchProbed | TrialEnded] = EventReader(TorchProbed, TrialEnded)


def try_out(
    config: EngineConfig, limit_s: float = LIMIT_S, command: Sequence[str] = ()
) -> tuple[Probe | None, Trial]:
    """Recognise the packaged clip in another process.

    Args:
        config: of the engine.
        limit_s: seconds after which the process is given up.
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
    probe, trial = _read(output)
    if trial is None:
        problem = problem or _death(process.returncode, errors)
        trial = Trial(config.engine, config.model.name, config.device, config.compute_type, problem)
    return probe, replace(trial, problem=trial.problem or problem)


def _encode(config: EngineConfig) -> str:
    """Return the configuration as JSON; its model is a built-in one, which the child knows."""
    values = {field.name: getattr(config, field.name) for field in fields(config)}
    return json.dumps({**values, "model": config.model.name, "model_dir": str(config.model_dir)})


def _read(output: str) -> tuple[Probe | None, Trial | None]:
    """Return what the process has told of torch, and of the trial, as far as it came."""
    probe, trial = None, None
    for line in output.split("\n"):  # what was recognised may hold separators of other kinds
        event = _EVENTS.read(line)
        if isinstance(event, TorchProbed):
            probe = event.probe
        elif event is not None:
            trial = event.trial
    return probe, trial


def _death(code: int, errors: str) -> str:
    """Return how the process ended, and the last that it wrote."""
    last = (errors.strip().splitlines() or [""])[-1]
    how = f"ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return f"{how}: {last}" if last else how


def _text(output: bytes | str | None) -> str:
    if isinstance(output, bytes):
        return output.decode("utf-8", "replace")
    return output or ""
