"""Hold what the process of a trial tells the self-check; see `processes.json_lines`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from voice_assistant.self_check.facts import Probe, Trial


@dataclass(frozen=True, slots=True)
class TorchProbed:
    """Tell what torch says about itself, before anything is tried.

    Attributes:
        event: which kind this is.
        probe: what it says.
    """

    event: Literal["probe"] = field(default="probe", kw_only=True)
    probe: Probe


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """Tell what came of the trial.

    Attributes:
        event: which kind this is.
        trial: what came of it.
    """

    event: Literal["trial"] = field(default="trial", kw_only=True)
    trial: Trial
