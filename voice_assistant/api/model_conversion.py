"""Checkpoints that the CPU cannot read are converted in the background."""

from __future__ import annotations

import logging

from voice_assistant.api.helper_process import run_module
from voice_assistant.models.known import MODELS
from voice_assistant.models.places import find_checkpoint
from voice_assistant.models.store import is_here
from voice_assistant.settings import Settings

_LOG = logging.getLogger(__name__)


class ModelConversion:
    """Converts what was put here as a checkpoint, once each, where the CPU is what runs it.

    Args:
        settings: of the service.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tried: set[str] = set()

    def find(self) -> str | None:
        """A model whose conversion would be of use and has not been tried."""
        names = self._settings.model_priority
        if self._settings.model != "auto":
            names = [self._settings.model]
        for name in names:
            if name in MODELS and name not in self._tried and self._is_wanted(name):
                return name
        return None

    async def run(self, name: str) -> None:
        """Convert a model. What goes wrong is logged: what served before goes on serving."""
        self._tried.add(name)
        arguments = (name, "--dir", str(self._settings.model_dir))
        module = "voice_assistant.speech.conversion"
        code = await run_module(
            module, *arguments, on_line=lambda line: _LOG.info("conversion of %s: %s", name, line)
        )
        if code != 0:
            _LOG.warning("the conversion of %s ended with %d", name, code)

    def _is_wanted(self, name: str) -> bool:
        model, folder = MODELS[name], self._settings.model_dir
        if is_here(model, "ctranslate2", folder):
            return False
        return find_checkpoint(model, folder) is not None
