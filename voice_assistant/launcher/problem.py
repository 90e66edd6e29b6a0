"""What can stop the launcher, as a sentence for a person."""

from __future__ import annotations


class LaunchError(Exception):
    """The launcher cannot go on.

    Args:
        key: the sentence in `voice_assistant/locales/`: what happened and what to do next.
        params: what the sentence names.
    """

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params
