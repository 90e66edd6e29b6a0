"""Act on what an utterance asks for, and return what happened."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from typing_extensions import assert_never

from voice_assistant.commands.decision import (
    Chat,
    CloseApp,
    Command,
    OpenApp,
    OpenSite,
    Search,
    SystemAction,
    Understanding,
    Unresolved,
)

if TYPE_CHECKING:
    from voice_assistant.assistant.confirmations import Confirmations
    from voice_assistant.desktop.base import Desktop, Outcome


@dataclass(frozen=True, slots=True)
class Done:
    """Hold what was tried and how it went."""

    command: Command
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what waits for a person, who confirms it by an id.

    Attributes:
        command: what will be done.
        id: works once.
        expires_s: how long it works, in seconds.
    """

    command: Command
    id: str
    expires_s: float


Happened = Done | Asked


async def act(
    understanding: Understanding,
    desktop: Desktop,
    confirmations: Confirmations,
    *,
    confirmed: bool = False,
) -> list[Happened]:
    """Do what is asked for, one after the other, up to the first that a person has to confirm.

    Args:
        understanding: what an utterance asks for.
        desktop: does it.
        confirmations: keep what is to be confirmed, with all that comes after it.
        confirmed: whether a person has confirmed the first command.

    Returns:
        What happened to each command that was come to; nothing for chat.
    """
    happened: list[Happened] = []
    for place, decision in enumerate(understanding.decisions):
        if isinstance(decision, Chat | Unresolved):
            continue
        if decision.needs_confirmation and not (confirmed and place == 0):
            waiting = replace(understanding, decisions=understanding.decisions[place:])
            key = confirmations.ask(waiting)
            return [*happened, Asked(decision, key, confirmations.ttl_s)]
        happened.append(Done(decision, await asyncio.to_thread(_carry_out, decision, desktop)))
    return happened


def _carry_out(command: Command, desktop: Desktop) -> Outcome:
    match command:
        case OpenApp(fallback_url=url):
            outcome = desktop.start_app(
                command.commands, command.names, needs_screen=not command.own
            )
            if outcome.code == "not_found" and url is not None:
                return desktop.open_url(url)
            return outcome
        case OpenSite():
            if command.app_first:
                outcome = desktop.start_app((), command.names)
                if outcome.code not in ("not_found", "no_display"):
                    return outcome
            return desktop.open_url(command.url)
        case Search():
            return desktop.open_url(command.url)
        case SystemAction():
            return desktop.run_system(command.name, command.value)
        case CloseApp():
            return desktop.close_app(command.commands, command.names)
        case _:
            assert_never(command)
