"""Describe what the speech process is doing, as values that never change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal, TypeAlias

from typing_extensions import assert_never

from voice_assistant.errors import VoiceError
from voice_assistant.speech.service.loaded_model import LoadedModel

Status = Literal["stopped", "idle", "loading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Say that nothing runs.

    Attributes:
        for_good: whether nothing is to be started any more.
    """

    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Resting:
    """Say that nothing runs until somebody speaks: the memory was given back."""


@dataclass(frozen=True, slots=True)
class Loading:
    """Say that a model is being chosen, loaded and warmed.

    Attributes:
        task: done once that has gone well or has failed.
    """

    task: asyncio.Task[None]


@dataclass(frozen=True, slots=True)
class Serving:
    """Say that a model is warm and recognises.

    Attributes:
        model: it, in its process.
        gives_way: whether it ends after the present calls, so that a better one has its memory.
    """

    model: LoadedModel
    gives_way: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Say that nothing runs, since no model could be loaded.

    Attributes:
        problem: why not the last one that was tried.
    """

    problem: VoiceError


@dataclass(frozen=True, slots=True)
class Waiting:
    """Say that nothing runs for a while, since one process after another died.

    Attributes:
        problem: what is told meanwhile.
        timer: loads anew when the time has come, unless somebody speaks before.
    """

    problem: VoiceError
    timer: asyncio.TimerHandle


ProcessState: TypeAlias = Stopped | Resting | Loading | Serving | Failed | Waiting


def status_of(state: ProcessState) -> Status:
    """Name a state in one word, for `/health` and for whoever only compares."""
    match state:
        case Stopped():
            return "stopped"
        case Resting():
            return "idle"
        case Loading():
            return "loading"
        case Serving():
            return "ready"
        case Failed() | Waiting():
            return "failed"
        case _:
            assert_never(state)
