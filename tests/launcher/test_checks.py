from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.cards import Card
from voice_assistant.launcher.checks import show_machine
from voice_assistant.launcher.console import Console

GB = 2**30


def test_machine_without_a_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_assistant.launcher.checks.find_cards", list)
    show_machine(Console("en"), tmp_path).join()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    for beginning in ("Python 3.", "Memory: ", "Disk: ", "No NVIDIA GPU"):
        assert any(line.startswith(beginning) for line in lines)


def test_card_with_its_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card("NVIDIA GeForce RTX 4080", 16 * GB, GB // 2, 15 * GB, {})
    monkeypatch.setattr("voice_assistant.launcher.checks.find_cards", lambda: [card])
    show_machine(Console("zh"), tmp_path).join()
    output = capsys.readouterr().out
    assert "GPU：NVIDIA GeForce RTX 4080，显存共 16.0 GB，已用 0.5 GB，可用 15.0 GB\n" in output
    assert "没有 NVIDIA GPU" not in output
