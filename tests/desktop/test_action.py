from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.desktop.test_macos import FakeMac
from tests.desktop.windows.test_desktop import FakeWindows
from voice_assistant.desktop.action import (
    Action,
    Volume,
    checked,
    parse_volume,
    screenshot_file,
)
from voice_assistant.desktop.base import Desktop, Outcome
from voice_assistant.desktop.dry_run import DryRunDesktop
from voice_assistant.desktop.linux.desktop import LinuxDesktop
from voice_assistant.desktop.macos import MacDesktop
from voice_assistant.desktop.windows.desktop import WindowsDesktop
from voice_assistant.messages import Locale, say

VALUES = (None, "off", "50", "+10", "-10", "周报", "1; reboot")


def refused(action: str, value: str | None) -> bool:
    found = checked(action, value)
    assert found == action or (isinstance(found, Outcome) and found.code == "unsupported")
    return found != action


@pytest.fixture
def desktops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Desktop]:
    """Every desktop, with nothing real to act on; only what Linux calls for is not there."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    (tmp_path / "Desktop").mkdir()
    windows, mac, bare = FakeWindows(), FakeMac(), {"PATH": "", "HOME": str(tmp_path)}
    return {
        "dry run": DryRunDesktop(),
        "Linux": LinuxDesktop(bare),
        "macOS": MacDesktop(bare, launch=mac.launch, run=mac.run),
        "Windows": WindowsDesktop(
            bare,
            startfile=windows.startfile,
            user32=windows,
            launch=windows.launch,
            run=windows.run,
            desktop_folder=lambda: tmp_path,
        ),
    }


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
    assert not refused(Action.VOLUME, value)


@pytest.mark.parametrize(
    "value",
    [None, "", "101", "1000", "+", "--5", "5%", " 5", "5\n", "5;reboot", "五", "５", "٥", "1.5"],
)
def test_what_is_no_volume_is_refused(value: str | None) -> None:
    with pytest.raises(ValueError, match="not a volume"):
        parse_volume(value)
    assert refused(Action.VOLUME, value)


def test_every_other_action_takes_what_it_says() -> None:
    assert [action for action in Action if refused(action, None)] == [Action.VOLUME]
    assert not refused(Action.MUTE, "off")
    assert not refused(Action.NEW_FOLDER, "周报")


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.VOLUME, Action.NEW_FOLDER}))
def test_a_stray_value_is_refused(action: str) -> None:
    assert refused(action, "1; reboot")


def test_an_unknown_action_is_refused() -> None:
    assert refused("格式化", None)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("action", [action.value for action in Action])
def test_every_desktop_answers_every_action(
    action: str, value: str | None, desktops: Mapping[str, Desktop]
) -> None:
    told = {name: desktop.run_system(action, value) for name, desktop in desktops.items()}
    refusal = checked(action, value)
    if isinstance(refusal, Outcome):
        assert set(told.values()) == {refusal}
    else:
        assert told["dry run"].code == "dry_run"
        assert told["macOS"].ok
        # There is no `shutdown` on the PATH of the one, and no screen nor tool on the other's.
        assert told["Windows"].ok or told["Windows"].detail == "shutdown"
        assert told["Linux"].code in ("done", "no_display", "unsupported")


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("action", [action.value for action in Action])
def test_every_action_has_a_name_for_people(action: str, locale: Locale) -> None:
    assert say(f"system.{action}", locale, value="")


def test_a_screenshot_is_named_after_its_time(tmp_path: Path) -> None:
    file = screenshot_file(tmp_path / "Pictures" / "deep")
    assert file.parent.is_dir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.png", file.name)
