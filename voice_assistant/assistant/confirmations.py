"""Keep commands until a person has confirmed them."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from voice_assistant.errors import RequestError

if TYPE_CHECKING:
    from voice_assistant.commands.decision import Understanding

_MOST_WAITING = 100


class Confirmations:
    """Keep what was asked for under ids that work once and expire.

    Args:
        ttl_s: how long an id is good for, in seconds.
    """

    def __init__(self, ttl_s: float) -> None:
        self.ttl_s = ttl_s
        self._waiting: dict[str, tuple[float, Understanding]] = {}

    def ask(self, understanding: Understanding) -> str:
        """Keep what is to be done and return the id that confirms its first command."""
        now = time.monotonic()
        alive = [(key, row) for key, row in self._waiting.items() if row[0] > now]
        self._waiting = dict(alive[-_MOST_WAITING + 1 :])
        key = secrets.token_urlsafe(16)
        self._waiting[key] = (now + self.ttl_s, understanding)
        return key

    def take(self, key: str) -> Understanding:
        """Return what is to be done, and use the id up.

        Raises:
            RequestError: `CONFIRMATION_UNKNOWN`.
        """
        expires, understanding = self._waiting.pop(key, (0.0, None))
        if understanding is None or expires < time.monotonic():
            raise RequestError("CONFIRMATION_UNKNOWN")
        return understanding
