"""Compile the wordings of `data/grammar.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voice_assistant.commands.templates import expanded
from voice_assistant.commands.wordings.opening import OpenWordings
from voice_assistant.commands.wordings.politeness import Politeness
from voice_assistant.commands.wordings.searching import SearchWordings
from voice_assistant.commands.wordings.system import SystemWordings


class Grammar:
    """Hold how people word a command; know no names.

    Attributes:
        politeness: what may stand around any command.
        opening: how apps and sites are asked for.
        searching: how searches are asked for.
        system: how the computer itself is spoken to.

    Args:
        data: the content of `data/grammar.toml`.

    Raises:
        ValueError: for a template that is written wrong.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        data = expanded(data)
        self.politeness = Politeness(data)
        self.opening = OpenWordings(data["open"], self.politeness)
        self.searching = SearchWordings(data["search"])
        self.system = SystemWordings(data)

    def tells_or_asks(self, core: str, heads: str = "") -> bool:
        """Return whether an everyday verb or a system action is only spoken of: 到百度了, 关机吗.

        Args:
            core: a sentence.
            heads: what stood before it.
        """
        told = self.politeness.told_part(core)
        if told is None or self.politeness.is_polite(heads):
            return False
        if told in self.system.meanings:
            return core.endswith("吗") and not heads
        if not self.opening.is_everyday(core):
            return False
        # 能去B站看看吗 is a request, 可以玩原神吗 a question.
        return not heads or (core.endswith("吗") and not self.opening.suggests(told))
