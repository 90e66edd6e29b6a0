"""Write one line of the log per utterance."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from typing_extensions import assert_never

from voice_assistant.api.schemas import Executed, Understood
from voice_assistant.commands.decision import (
    Chat,
    CloseApp,
    Decision,
    OpenApp,
    OpenSite,
    Search,
    SystemAction,
    Understanding,
    Unresolved,
)

_LOG = logging.getLogger("voice_assistant.utterance")

_LONGEST = 200


def log_utterance(
    answer: Understood, understanding: Understanding, timings_ms: Mapping[str, float]
) -> None:
    """Log what was said, what was understood and done and how long that took; never the audio."""
    text = answer.transcribed_text[:_LONGEST]
    what = ", ".join(_described(decision) for decision in understanding.decisions)
    result = answer.command_result if isinstance(answer, Executed) else None
    done = f", {result}" if result else ""
    times = " ".join(f"{step}={ms:g}" for step, ms in timings_ms.items())
    _LOG.info("%r -> %s%s [ms: %s]", text, what, done, times)


def _described(decision: Decision) -> str:
    match decision:
        case OpenApp() | OpenSite() | Search() | SystemAction() | CloseApp():
            return f"{decision.command_type} {decision.target} ({decision.reason})"
        case Chat():
            return f"chat ({decision.reason})"
        case Unresolved():
            return f"unresolved ({decision.reason})"
        case _:
            assert_never(decision)
