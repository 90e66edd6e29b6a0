"""Commands that wait for a person's yes."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from voice_assistant.errors import RequestError

if TYPE_CHECKING:
    from voice_assistant.commands.decision import Decision

_MOST_WAITING = 100


class Confirmations:
    """Decisions under ids that work once and expire.

    Args:
        ttl_s: how long an id is good for, in seconds.
    """

    def __init__(self, ttl_s: float) -> None:
        self.ttl_s = ttl_s
        self._waiting: dict[str, tuple[float, str, Decision]] = {}

    def ask(self, text: str, decision: Decision) -> str:
        """Keep a decision and return the id that confirms it."""
        now = time.monotonic()
        alive = [(key, row) for key, row in self._waiting.items() if row[0] > now]
        self._waiting = dict(alive[-_MOST_WAITING + 1 :])
        key = secrets.token_urlsafe(16)
        self._waiting[key] = (now + self.ttl_s, text, decision)
        return key

    def take(self, key: str) -> tuple[str, Decision]:
        """The utterance and the decision of an id, which is used up by this.

        Raises:
            RequestError: `CONFIRMATION_UNKNOWN`.
        """
        expires, text, decision = self._waiting.pop(key, (0.0, "", None))
        if decision is None or expires < time.monotonic():
            raise RequestError("CONFIRMATION_UNKNOWN")
        return text, decision
