"""Name who uses a card's memory."""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from voice_assistant.machine.card import Card
from voice_assistant.messages import megabytes


@dataclass(frozen=True, slots=True)
class User:
    """Describe a process that uses a card.

    Attributes:
        name: of its program; empty if the system does not say.
        pid: its process id.
        used: what it takes, in bytes; 0 where the driver does not say (Windows).
    """

    name: str
    pid: int
    used: int


def find_users(card: Card) -> list[User]:
    """Return the processes on a card, the greediest first."""
    users = [User(_name(pid), pid, used) for pid, used in card.by_process.items()]
    return sorted(users, key=lambda user: (-user.used, user.name, user.pid))


def describe(users: list[User]) -> str:
    """Return names and MB (10⁶ bytes), for people: `ollama 5120 MB, Xorg 210 MB`."""
    return ", ".join(
        f"{user.name or f'pid {user.pid}'} {megabytes(user.used):.0f} MB"
        if user.used
        else user.name
        for user in users
        if user.used or user.name
    )


def _name(pid: int) -> str:
    try:
        return str(psutil.Process(pid).name())
    except psutil.Error:  # of another user, of another container, or gone by now
        return ""
