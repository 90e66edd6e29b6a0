"""What a test says of an understanding."""

from __future__ import annotations

from typing import TypeVar

from voice_assistant.commands.decision import Decision, Understanding

_Decision = TypeVar("_Decision", bound=Decision)


def only(kind: type[_Decision], understanding: Understanding) -> _Decision:
    """The one decision, which is of this kind."""
    [decision] = understanding.decisions
    assert isinstance(decision, kind)
    return decision
