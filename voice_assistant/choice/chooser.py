"""Choose what to load at each start of the speech process, and share the first choice."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from voice_assistant.choice.choose import choose
from voice_assistant.choice.fit import Loaded
from voice_assistant.choice.surroundings import Look, Surroundings, look_around
from voice_assistant.errors import ModelError
from voice_assistant.models.known import find_models
from voice_assistant.settings import Settings
from voice_assistant.speech.config import Choice


@dataclass(frozen=True, slots=True)
class Chosen:
    """Hold what was chosen, or why nothing can be, and for which computer."""

    here: Surroundings
    choice: Choice | ModelError


class Chooser:
    """Chooses what to load on this computer as it is at the moment; for any thread.

    Args:
        settings: what is wanted.
        look: finds out what this computer has.

    Raises:
        ConfigError: `CONFIG_INVALID`, the user's `models.toml` is wrong.
    """

    def __init__(self, settings: Settings, look: Look = look_around) -> None:
        self.models = find_models(settings.models_file)
        self._settings = settings
        self._look = look
        self._lock = threading.Lock()
        self._first: Chosen | None = None
        self._is_used = False

    def first(self) -> Chosen:
        """Return the first choice, made when it is first asked for: the one of the start."""
        with self._lock:
            if self._first is None:
                self._first = self.anew()
            return self._first

    def anew(self, present: Loaded | None = None) -> Chosen:
        """Look at this computer again, and return what to load now.

        Args:
            present: what is loaded now and would go before.
        """
        here = self._look(self._settings, self.models)
        try:
            return Chosen(here, choose(self._settings, here, present))
        except ModelError as error:
            return Chosen(here, error)

    def next(self, present: Loaded | None = None) -> Choice:
        """Return what to load at the next start of the speech process.

        Args:
            present: what is loaded now and would go before.

        Raises:
            ModelError: there is nothing to load; see `choose`.
        """
        # What fits changes with the card's free memory: only the start takes over what is known.
        chosen = self.anew(present) if self._is_used else self.first()
        self._is_used = True
        if isinstance(chosen.choice, ModelError):
            raise chosen.choice
        return chosen.choice
