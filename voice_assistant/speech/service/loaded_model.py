"""Hold one model in a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import psutil

from voice_assistant.errors import ModelError
from voice_assistant.speech.config import EngineConfig, EngineInfo
from voice_assistant.speech.service.child import Child

_LOG = logging.getLogger(__name__)


class LoadedModel:
    """Hold a model in a process of its own, from its loading on.

    Args:
        config: what to load.

    Attributes:
        config: the same.
        info: what is running, once it is.
    """

    def __init__(self, config: EngineConfig) -> None:
        self.config = config
        self.info: EngineInfo | None = None
        self._child = Child()

    async def load(self) -> None:
        """Start the process, load the model and warm it.

        Raises:
            ModelError: it cannot be loaded.
        """
        try:
            self.info = await self._child.call("load", self.config)
        except (BrokenProcessPool, OSError, psutil.Error) as error:
            _LOG.error("the speech process ended while it loaded the model")
            detail = f"{type(error).__name__}: {error}"
            raise ModelError(
                "MODEL_LOAD_FAILED", model=self.config.model.name, detail=detail
            ) from error
        _LOG.info("speech process ready: %s", self.info)

    def call(self, function: str, *args: object) -> Awaitable[Any]:
        """Run a function in the process, as `Child.call` does."""
        return self._child.call(function, *args)

    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._child.is_alive()

    def when_gone(self, tell: Callable[[], None]) -> None:
        """Have a function called once its process has ended, as `Child.when_gone` does."""
        self._child.when_gone(tell)

    def memory_bytes(self) -> int:
        """Measure the resident memory of its process; 0 if there is none."""
        return self._child.memory_bytes()

    def end(self) -> None:
        """Kill its process and wait until it is gone."""
        self._child.end()
