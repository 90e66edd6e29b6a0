"""A model that is to take over from the one that serves."""

from __future__ import annotations

import asyncio

from voice_assistant.errors import ModelError
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.service.loaded_model import LoadedModel


class Successor:
    """Loads beside the one that serves, and waits until it is taken or dropped."""

    def __init__(self) -> None:
        self._model: LoadedModel | None = None
        self._loading: asyncio.Task[None] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether there is one, ready or not."""
        return self._model is not None

    def memory_mb(self) -> float:
        """Resident memory of its process, in MB (10⁶ bytes)."""
        return self._model.memory_mb() if self._model else 0.0

    async def prepare(self, config: EngineConfig) -> bool:
        """Load it; whether it is ready, which it is not if it was dropped meanwhile.

        Raises:
            ModelError: it cannot be loaded.
        """
        model = self._model = LoadedModel(config)
        self._loading = asyncio.create_task(model.load())
        await asyncio.wait([self._loading])
        if self._model is not model:
            return False
        try:
            await self._loading
        except ModelError:
            await self.drop()
            raise
        return True

    def take(self) -> LoadedModel | None:
        """The model, if it is ready: from now on it is the caller's."""
        if self._model is None or self._model.info is None:
            return None
        model, self._model = self._model, None
        return model

    async def drop(self) -> None:
        """End it, if there is one."""
        model, self._model = self._model, None
        if model is not None and self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
            await asyncio.to_thread(model.end)
