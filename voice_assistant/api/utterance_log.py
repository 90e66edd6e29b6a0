"""One line of the log per utterance."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from voice_assistant.api.schemas import Executed

if TYPE_CHECKING:
    from voice_assistant.commands.decision import Decision

_LOG = logging.getLogger("voice_assistant.utterance")

_LONGEST = 200


def log_utterance(
    text: str, decision: Decision, executed: Executed | None, timings_ms: Mapping[str, float]
) -> None:
    """Log what was said, what was made of it and how long that took; never the audio."""
    what = f"{decision.command_type} {decision.target}" if decision.is_command else decision.kind
    done = f", {executed.command_result}" if executed and executed.command_result else ""
    times = " ".join(f"{step}={ms:g}" for step, ms in timings_ms.items())
    _LOG.info("%r -> %s (%s)%s [ms: %s]", text[:_LONGEST], what, decision.reason, done, times)
