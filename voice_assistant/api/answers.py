"""From a `Decision` to what was done about it, in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voice_assistant.api.schemas import Choice, Confirmation, Executed, Suggestion, Understood
from voice_assistant.assistant.services import Services
from voice_assistant.desktop.action import CLOSE, MUTE, VOLUME
from voice_assistant.desktop.base import Outcome
from voice_assistant.messages import Locale, say

if TYPE_CHECKING:
    from voice_assistant.commands.decision import Decision


def understood(text: str, decision: Decision, locale: Locale) -> Understood:
    """The fields that say what `text` asks for."""
    return Understood(
        transcribed_text=text,
        is_command=decision.is_command,
        command_type=decision.command_type,
        command_target=decision.target if decision.is_command else None,
        suggestion=_suggestion(decision, locale),
    )


async def execute(text: str, decision: Decision, services: Services, locale: Locale) -> Executed:
    """Do what was decided, or ask first if it needs a yes."""
    if not decision.is_command:
        return Executed()
    if decision.needs_confirmation:
        key = services.confirmations.ask(text, decision)
        prompt = say("action.confirm", locale, target=_name(decision, locale))
        return Executed(
            command_result=prompt,
            confirmation=Confirmation(
                id=key, prompt=prompt, expires_s=services.confirmations.ttl_s
            ),
        )
    return await carry_out(decision, services, locale)


async def carry_out(decision: Decision, services: Services, locale: Locale) -> Executed:
    """Do what was decided."""
    outcome = await asyncio.to_thread(_launch, decision, services)
    done = f"action.{_done(decision, outcome)}" if outcome.ok else f"action.{outcome.code}"
    result = say(done, locale, target=_name(decision, locale), detail=outcome.detail).strip(" ：:")
    if outcome.ok and decision.remainder:
        result += say("action.remainder", locale, remainder=decision.remainder)
    return Executed(command_executed=outcome.ok, command_result=result)


def _done(decision: Decision, outcome: Outcome) -> str | None:
    """What was done: an app that is not installed may have been opened as a site."""
    if decision.command_type in ("app", "site"):
        return "site" if outcome.code == "opened" else "app"
    return decision.command_type


def _launch(decision: Decision, services: Services) -> Outcome:
    desktop = services.desktop
    if decision.command_type == "app":
        outcome = desktop.start_app(
            decision.commands, decision.names, needs_screen=not decision.own
        )
        if outcome.code != "not_found" or not decision.url:
            return outcome
    if decision.app_first:
        outcome = desktop.start_app((), decision.names)
        if outcome.code not in ("not_found", "no_display"):
            return outcome
    if decision.command_type == "system" and decision.target == CLOSE:
        return desktop.close_app(decision.commands, decision.names)
    if decision.command_type == "system":
        return desktop.run_system(decision.target or "", decision.value)
    return desktop.open_url(decision.url or "")


def _name(decision: Decision, locale: Locale) -> str:
    """How the target is called to the person; some system actions with their value."""
    if decision.command_type != "system":
        return decision.target or ""
    unmute = decision.target == MUTE and decision.value == "off"
    key = f"system.{decision.target}" + (".off" if unmute else "")
    name = say(key, locale, value=decision.value or "")
    return f"{name} {decision.value}%" if decision.target == VOLUME and decision.value else name


def _suggestion(decision: Decision, locale: Locale) -> Suggestion | None:
    choices = [Choice(label=name, text=f"打开{name}") for name in decision.choices]
    if decision.reason == "unknown_name":
        search = Choice(
            label=say("suggestion.search", locale, target=decision.target),
            text=f"搜索{decision.target}",
        )
        message = say("suggestion.unknown_name", locale, target=decision.target)
        return Suggestion(message=message, choices=[*choices, search])
    if decision.reason == "ambiguous_name":
        return Suggestion(message=say("suggestion.ambiguous_name", locale), choices=choices)
    return None
