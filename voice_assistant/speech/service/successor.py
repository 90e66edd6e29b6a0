"""Load a model that is to take over."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from voice_assistant.errors import ModelError
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.service.loaded_model import LoadedModel


class Successor:
    """Load a model in a process of its own, and keep it until it is taken or dropped."""

    def __init__(self) -> None:
        self._model: LoadedModel | None = None
        self._loading: asyncio.Task[None] | None = None

    @property
    def is_under_way(self) -> bool:
        """Tell whether there is one, ready or not."""
        return self._model is not None

    def memory_bytes(self) -> int:
        """Measure the resident memory of its process; 0 if there is none."""
        return self._model.memory_bytes() if self._model else 0

    async def prepare(self, config: EngineConfig) -> bool:
        """Load it; whether it is ready, which it is not if it was dropped meanwhile.

        Raises:
            ModelError: it cannot be loaded.
        """
        model = self._model = LoadedModel(config)
        loading = self._loading = asyncio.create_task(model.load())
        await asyncio.wait([loading])
        if self._model is not model:
            return False
        try:
            await loading
        except ModelError:
            await self.drop()
            raise
        return True

    def take(self) -> LoadedModel | None:
        """Hand over the model, if it is ready: from now on it is the caller's."""
        if self._model is None or self._model.info is None:
            return None
        model, self._model = self._model, None
        return model

    def drop(self) -> Coroutine[Any, Any, None]:
        """Let go of it at once, if there is one; await what is returned to have it ended."""
        model, self._model = self._model, None
        return _end(model, self._loading)


async def _end(model: LoadedModel | None, loading: asyncio.Task[None] | None) -> None:
    if model is not None and loading is not None:
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)
        await asyncio.to_thread(model.end)
