from __future__ import annotations

import re
from pathlib import Path

import pytest

from voice_assistant.desktop.action import (
    ACTIONS,
    MUTE,
    NEW_FOLDER,
    VOLUME,
    Volume,
    parse_volume,
    refusal,
    screenshot_file,
)


@pytest.mark.parametrize(
    ("value", "volume"),
    [
        ("0", Volume("set", 0)),
        ("100", Volume("set", 100)),
        ("+10", Volume("raise", 10)),
        ("-5", Volume("lower", 5)),
    ],
)
def test_volumes(value: str, volume: Volume) -> None:
    assert parse_volume(value) == volume
    assert refusal(VOLUME, value) is None


@pytest.mark.parametrize(
    "value",
    [None, "", "101", "1000", "+", "--5", "5%", " 5", "5\n", "5;reboot", "五", "５", "٥", "1.5"],
)
def test_what_is_no_volume_is_refused(value: str | None) -> None:
    with pytest.raises(ValueError, match="not a volume"):
        parse_volume(value)
    refused = refusal(VOLUME, value)
    assert refused is not None
    assert refused.code == "unsupported"


def test_every_other_action_takes_what_it_says() -> None:
    assert all(refusal(action, None) is None for action in ACTIONS - {VOLUME})
    assert refusal(MUTE, "off") is None
    assert refusal(NEW_FOLDER, "周报") is None


@pytest.mark.parametrize("action", sorted(ACTIONS - {VOLUME, NEW_FOLDER}))
def test_a_stray_value_is_refused(action: str) -> None:
    assert refusal(action, "1; reboot") is not None


def test_an_unknown_action_is_refused() -> None:
    assert refusal("格式化", None) is not None


def test_a_screenshot_is_named_after_its_time(tmp_path: Path) -> None:
    file = screenshot_file(tmp_path / "Pictures" / "deep")
    assert file.parent.is_dir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.png", file.name)
