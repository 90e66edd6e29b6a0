"""Convert checkpoints that the CPU cannot read, in the background."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from voice_assistant.choice.recommend import names_for_cpu
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.engines import ENGINES, engines_for
from voice_assistant.errors import ModelError
from voice_assistant.models.events import ConversionFailed, Converted
from voice_assistant.processes.helper import run_module
from voice_assistant.processes.json_lines import EventReader
from voice_assistant.settings import Settings

_LOG = logging.getLogger(__name__)

_Event = Converted | ConversionFailed
_EVENTS: EventReader[_Event] = EventReader(Converted, ConversionFailed)


class ModelConversion:
    """Convert what was put here as a checkpoint, once each, where the CPU is what runs it.

    Args:
        settings: of the service.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tried: set[tuple[str, int]] = set()

    def find(self, here: Surroundings) -> str | None:
        """Return a model whose conversion would be of use and has not been tried."""
        if ENGINES[engines_for(self._settings.engine, "cpu")[0]].reads_checkpoints:
            return None
        names = self._settings.wanted_models
        if self._settings.model == "auto":
            names = names_for_cpu(names, here.models)
        for name in names:
            written = _written(name, here)
            if written is not None and (name, written) not in self._tried:
                return name
        return None

    async def run(self, name: str, here: Surroundings) -> ModelError | None:
        """Convert a model while what served before goes on serving, and return what went wrong."""
        # One that was still being copied is tried again.
        self._tried.add((name, _written(name, here) or 0))
        arguments = (name, "--dir", str(self._settings.model_dir))
        told: list[_Event] = []
        try:
            code = await run_module(
                "voice_assistant.converter", *arguments, events=_EVENTS, on_event=told.append
            )
        except OSError as failure:
            error = ModelError("MODEL_LOAD_FAILED", model=name, detail=str(failure))
        else:
            if code == 0:
                _LOG.info("conversion of %s: %s", name, told)
                return None
            error = _error(name, code, told)
        _LOG.warning("conversion of %s: %s %s", name, error.code, error.params)
        return error


def _written(name: str, here: Surroundings) -> int | None:
    """Return when the checkpoint that is to be converted was written, if there is one."""
    if name not in here.on_disk or here.on_disk[name].has_ctranslate2:
        return None
    checkpoint = here.on_disk[name].checkpoint
    return checkpoint.written_ns if checkpoint is not None and checkpoint.whole else None


def _error(name: str, code: int, told: Sequence[_Event]) -> ModelError:
    """Return what the process told, or that it ended without a word."""
    for event in told:
        if isinstance(event, ConversionFailed):
            return ModelError(event.code, **event.params)
    return ModelError("MODEL_LOAD_FAILED", model=name, detail=f"exit {code}")
