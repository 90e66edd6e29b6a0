"""Word what was understood and what happened: the answers of `/process` and `/transcribe`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from typing_extensions import assert_never

from voice_assistant.api.schemas import (
    Confirmation,
    Executed,
    ProcessResponse,
    SuggestedCommand,
    Suggestion,
    TranscribeAndExecuteResponse,
    TranscribeResponse,
)
from voice_assistant.assistant.acting import Asked, Done, Happened
from voice_assistant.assistant.hearing import Recognised
from voice_assistant.commands.decision import (
    CloseApp,
    Command,
    OpenApp,
    OpenSite,
    Search,
    SystemAction,
    Understanding,
    Unresolved,
)
from voice_assistant.desktop.action import Action
from voice_assistant.messages import Locale, say


def process_answer(
    understanding: Understanding, happened: Sequence[Happened], locale: Locale
) -> ProcessResponse:
    """Return the answer to a sentence.

    Args:
        understanding: what it asks for.
        happened: what was done; nothing if it was only to be understood.
        locale: the language to answer in.
    """
    answer = ProcessResponse(
        transcribed_text=understanding.text,
        is_command=understanding.is_command,
        command_type=understanding.command_type,
        command_target=understanding.target,
        suggestion=_suggestion(understanding, locale),
    )
    _add_what_happened(answer, understanding, happened, locale)
    return answer


def transcribe_answer(
    recognised: Recognised,
    happened: Sequence[Happened] | None,
    timings_ms: Mapping[str, float],
    locale: Locale,
) -> TranscribeResponse:
    """Return the answer to a recording.

    Args:
        recognised: what was said and what it asks for.
        happened: what was done; `None` if nothing was to be done.
        timings_ms: how long each step took.
        locale: the language to answer in.
    """
    transcript, understanding = recognised.transcript, recognised.understanding
    response = TranscribeResponse if happened is None else TranscribeAndExecuteResponse
    answer = response(
        transcribed_text=understanding.text,
        is_command=understanding.is_command,
        command_type=understanding.command_type,
        command_target=understanding.target,
        suggestion=_suggestion(understanding, locale),
        language=transcript.language,
        confidence=round(recognised.confidence, 3),
        duration_s=transcript.duration_s,
        timings_ms=dict(timings_ms),
    )
    if happened is not None and isinstance(answer, Executed):
        _add_what_happened(answer, understanding, happened, locale)
    return answer


def _add_what_happened(
    answer: Executed, understanding: Understanding, happened: Sequence[Happened], locale: Locale
) -> None:
    # An answer's own fields are those of the first command.
    first = happened[0] if happened else None
    match first:
        case Done(outcome=outcome):
            answer.command_executed = outcome.ok
            answer.command_result = _result(first, locale)
            if outcome.ok and (remainder := understanding.remainder):
                answer.command_result += say("action.remainder", locale, remainder=remainder)
        case Asked(id=key, expires_s=expires_s):
            prompt = say("action.confirm", locale, target=_name(first.command, locale))
            answer.command_result = prompt
            answer.confirmation = Confirmation(id=key, prompt=prompt, expires_s=expires_s)
        case None:
            return
        case _:
            assert_never(first)


def _result(done: Done, locale: Locale) -> str:
    command, outcome = done.command, done.outcome
    key: str = outcome.code
    if outcome.ok:
        key = command.command_type
        if isinstance(command, OpenApp | OpenSite):
            # Of an app and a site of one name either may have been opened.
            key = "site" if outcome.code == "opened" else "app"
    name = _name(command, locale)
    return say(f"action.{key}", locale, target=name, detail=outcome.detail).strip(" ：:")


def _name(command: Command, locale: Locale) -> str:
    """Return what the target is called to the person; some system actions with their value."""
    match command:
        case OpenApp() | OpenSite() | Search():
            return command.target
        case CloseApp():
            return say(f"system.{command.target}", locale, value=command.name)
        case SystemAction(name=action, value=value):
            unmute = action == Action.MUTE and value == "off"
            name = say(f"system.{action}" + (".off" if unmute else ""), locale, value=value or "")
            return f"{name} {value}%" if action == Action.VOLUME and value else name
        case _:
            assert_never(command)


def _suggestion(understanding: Understanding, locale: Locale) -> Suggestion | None:
    unresolved = understanding.decisions[0]
    if not isinstance(unresolved, Unresolved):
        return None
    choices = [SuggestedCommand(label=name, text=f"打开{name}") for name in unresolved.choices]
    name = unresolved.name
    if name is None:
        return Suggestion(message=say("suggestion.ambiguous_name", locale), choices=choices)
    search = SuggestedCommand(
        label=say("suggestion.search", locale, target=name), text=f"搜索{name}"
    )
    message = say("suggestion.unknown_name", locale, target=name)
    return Suggestion(message=message, choices=[*choices, search])
