"""Load the best model that there is, or a better one than the one that serves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from voice_assistant.errors import ModelError
from voice_assistant.speech.config import Choice, EngineConfig
from voice_assistant.speech.service.loaded_model import LoadedModel
from voice_assistant.speech.service.successor import Successor

_LOG = logging.getLogger(__name__)


class ModelLoader:
    """Choose models and load them, each in a process of its own.

    Args:
        choose: says what to load; asked each time, since what fits changes. Raises `ModelError` if
            there is nothing.

    Attributes:
        generation: counts the processes: what one was given, the next does not have.
        fallback: why a better model than the last one is not loaded.
    """

    def __init__(self, choose: Callable[[], Choice]) -> None:
        self._choose = choose
        self._successor = Successor()
        self._last: EngineConfig | None = None
        self._given_up: set[EngineConfig] = set()
        self._dropped = 0
        self.generation = 0
        self.fallback: ModelError | None = None

    @property
    def is_under_way(self) -> bool:
        """Tell whether a model loads, or waits until it is taken."""
        return self._successor.is_under_way

    def memory_bytes(self) -> int:
        """Measure the resident memory of the process that loads or waits; 0 without one."""
        return self._successor.memory_bytes()

    async def load_best(self) -> LoadedModel | None:
        """Load the first of the choice that goes well; `None` if it was dropped meanwhile.

        Raises:
            ModelError: what is wrong with the last one, or why there is no choice.
        """
        self.fallback = None
        dropped = self._dropped
        choice = await asyncio.to_thread(self._choose)
        self.fallback, self._last = choice.refused, choice.configs[-1]
        for config in choice.configs:
            if self._dropped != dropped:
                break
            try:
                self._refuse_given_up(config)
                self.generation += 1
                await self._successor.prepare(config)
            except ModelError as error:
                if config is self._last:
                    raise
                self._fall_back(error)
            else:
                return self._successor.take()
        return None

    async def prepare_better(self, present: EngineConfig) -> EngineConfig | None:
        """Load a better model than the present one beside it, to be taken, if one has come.

        Args:
            present: what serves.

        Returns:
            The better one, if there is one. On the same card it is not loaded: there is no room for
            two under one promise, so that the present one has to go first.
        """
        dropped = self._dropped
        try:
            choice = await asyncio.to_thread(self._choose)
        except ModelError as error:
            _LOG.warning("nothing to change to: %s %s", error.code, error.params)
            return None
        refused = choice.refused
        for config in choice.configs:
            if self._dropped != dropped or config.is_like(present):
                break
            try:
                self._refuse_given_up(config)
                if not share_card(present, config) and not await self._successor.prepare(config):
                    break
            except ModelError as error:
                self._fall_back(error)
                refused = error
            else:
                self.fallback, self._last = refused, choice.configs[-1]
                return config
        return None

    def take(self) -> LoadedModel | None:
        """Hand over the better model, if it is ready: from now on it is the caller's."""
        model = self._successor.take()
        if model is not None:
            self.generation += 1
        return model

    def drop(self) -> Coroutine[Any, Any, None]:
        """Let go at once of what loads or waits; await what is returned to have it ended."""
        self._dropped += 1
        return self._successor.drop()

    def give_up(self, config: EngineConfig) -> bool:
        """Load it no more, since it uses up its memory; whether there is another one to load."""
        if config == self._last:
            return False
        self._given_up.add(config)
        return True

    def forgive(self) -> None:
        """Forget what was given up: what others take of the memory changes."""
        self._given_up.clear()

    def _refuse_given_up(self, config: EngineConfig) -> None:
        if config in self._given_up:
            raise ModelError("OUT_OF_MEMORY", model=config.model.name, detail=config.compute_type)

    def _fall_back(self, error: ModelError) -> None:
        self.fallback = error
        _LOG.warning("taking the next model: %s %s", error.code, error.params)


def share_card(one: EngineConfig, other: EngineConfig) -> bool:
    """Return whether two models would be on the same card, which has room for one."""
    return one.device == other.device == "cuda"
