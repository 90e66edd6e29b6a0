"""Computers to judge: one on which all is well, to be changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.card_users import User
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.self_check.facts import Chosen, Facts, Probe, Trial

GB = 10**9


class Computers:
    """Makes facts.

    Attributes:
        good: a computer whose card works.
        bare: one without a card.
    """

    def __init__(self) -> None:
        self.good = Facts(
            platform="linux",
            system="Linux",
            python="3.11.7",
            driver=Driver("580.95.05", "13.0"),
            cards=(self.card(),),
            users=(User("ollama", 7, 5 * GB),),
            nvidia_in_pci=True,
            hidden=None,
            installed=Installed("2.13.0+cu130", "13.0"),
            probe=Probe("2.13.0+cu130", "13.0", True, ((8, 6), (9, 0)), "RTX 4080", (8, 9)),
            on_card=Trial(
                "torch", "base", "cuda", "float16", "", 4.2, 61.0, "打开计算器", 200, 300, 800, 900
            ),
            on_cpu=None,
            fraction=0.5,
            lacking=0,
            chosen=Chosen("base", "torch", "cuda", "float16"),
        )
        self.bare = replace(
            self.good,
            driver=None,
            cards=(),
            users=(),
            nvidia_in_pci=False,
            installed=None,
            probe=None,
            on_card=None,
            on_cpu=self.on_cpu(),
            chosen=Chosen("base", "ctranslate2", "cpu", "int8"),
        )

    def card(self, *capability: int) -> Card:
        shown = (capability[0], capability[1]) if capability else (8, 9)
        return Card("RTX 4080", 16 * GB, 5 * GB, 11 * GB, {7: 5 * GB}, shown)

    def on_cpu(self) -> Trial:
        return Trial(
            "ctranslate2", "base", "cpu", "int8", "", 2.0, 204.0, "打开计算器", resident=442 * 10**6
        )

    def broken(self, problem: str = "", **changes: Any) -> Facts:
        """The good one with changes, and no result on its card."""
        failed = Trial("torch", "base", "cuda", "float16", problem) if problem else None
        return replace(self.good, **{"on_card": failed, "on_cpu": self.on_cpu(), **changes})


@pytest.fixture
def computers() -> Computers:
    return Computers()
