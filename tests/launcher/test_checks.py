from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.console import Console
from voice_assistant.launcher.checks import show_cards, show_machine
from voice_assistant.machine.card import Card

GIB = 2**30
"""Cards are made in these, and people read 10⁹ bytes."""


def test_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_machine(Console("en"), tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for beginning in ("Python 3.", "Memory: ", "Disk: "):
        assert any(line.startswith(beginning) for line in lines)


def test_no_card(capsys: pytest.CaptureFixture[str]) -> None:
    show_cards(Console("en"), [])
    assert capsys.readouterr().out.startswith("No NVIDIA GPU")


def test_card_with_its_memory_and_who_uses_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "voice_assistant.machine.card_users._name", {7: "Xorg", 8: "ollama", 9: ""}.get
    )
    users = {7: 210_000_000, 8: 5_120_000_000, 9: 1_000_000}
    card = Card("NVIDIA GeForce RTX 4080", 16 * GIB, GIB // 2, 15 * GIB, users)
    show_cards(Console("zh"), [card])
    assert capsys.readouterr().out == (
        "GPU：NVIDIA GeForce RTX 4080，显存共 17.2 GB，已用 0.5 GB，可用 16.1 GB\n"
        "   占用显存的程序：ollama 5120 MB, Xorg 210 MB, pid 9 1 MB\n"
    )
