"""From a `Decision` to what was done about it, in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from voice_assistant.api.schemas import Choice, Confirmation, Executed, Suggestion, Understood
from voice_assistant.api.services import Services
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
    done = f"action.{decision.command_type}" if outcome.ok else f"action.{outcome.code}"
    result = say(done, locale, target=_name(decision, locale), detail=outcome.detail)
    return Executed(command_executed=outcome.ok, command_result=result.strip(" ：:"))


def _launch(decision: Decision, services: Services) -> Outcome:
    desktop = services.desktop
    if decision.command_type == "app":
        return desktop.start_app(decision.commands, decision.names, needs_screen=not decision.own)
    if decision.command_type == "system":
        return desktop.run_system(decision.target or "", decision.value)
    return desktop.open_url(decision.url or "")


def _name(decision: Decision, locale: Locale) -> str:
    """How the target is called to the person; system actions with their value."""
    if decision.command_type != "system":
        return decision.target or ""
    key = f"system.{decision.target}" + (".off" if decision.value == "off" else "")
    value = decision.value if decision.target == "音量" else None
    return f"{say(key, locale)} {value}%" if value else say(key, locale)


def _suggestion(decision: Decision, locale: Locale) -> Suggestion | None:
    if decision.reason == "unknown_name":
        choice = Choice(
            label=say("suggestion.search", locale, target=decision.target),
            text=f"搜索{decision.target}",
        )
        message = say("suggestion.unknown_name", locale, target=decision.target)
        return Suggestion(message=message, choices=[choice])
    if decision.reason == "ambiguous_name":
        choices = [Choice(label=name, text=f"打开{name}") for name in decision.choices]
        return Suggestion(message=say("suggestion.ambiguous_name", locale), choices=choices)
    return None
