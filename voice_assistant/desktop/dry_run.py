"""Say what would be done, and touch nothing."""

from __future__ import annotations

from collections.abc import Sequence

from voice_assistant.desktop.action import checked
from voice_assistant.desktop.address import is_web_address
from voice_assistant.desktop.base import Argv, Outcome


class DryRunDesktop:
    """Refuse what every desktop refuses; answer all else with `dry_run` and the plan."""

    def start_app(
        self, candidates: Sequence[Argv], names: Sequence[str], *, needs_screen: bool = True
    ) -> Outcome:
        """Name the programs that would be tried."""
        tried = [" ".join(argv) for argv in candidates] + list(names)
        return Outcome("dry_run", "start " + " | ".join(tried))

    def close_app(self, commands: Sequence[Argv], names: Sequence[str]) -> Outcome:
        """Name the programs that would be looked for."""
        looked_for = [" ".join(argv) for argv in commands] + list(names)
        return Outcome("dry_run", "close " + " | ".join(looked_for))

    def open_url(self, url: str) -> Outcome:
        """Name the address that would be opened."""
        if not is_web_address(url):
            return Outcome("refused", repr(url)[:200])
        return Outcome("dry_run", f"open {url}")

    def run_system(self, action: str, value: str | None) -> Outcome:
        """Name the action that would be carried out."""
        known = checked(action, value)
        if isinstance(known, Outcome):
            return known
        return Outcome("dry_run", f"{known.value} {value or ''}".strip())
