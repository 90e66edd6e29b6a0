"""Name the system actions, and check what values they take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Literal

from voice_assistant.desktop.base import Outcome


class Action(str, Enum):
    """Name what every desktop can be asked to do, as `data/grammar.toml` of the commands does."""

    VOLUME = "音量"
    MUTE = "静音"
    LOCK = "锁屏"
    SCREENSHOT = "截图"
    POWER_OFF = "关机"
    RESTART = "重启"
    LOG_OUT = "注销"
    HIBERNATE = "休眠"
    NEW_FOLDER = "新建文件夹"


_VOLUME_VALUE = re.compile(r"([+-]?)([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Volume:
    """Say what to do with the volume.

    Attributes:
        change: set it to `percent`, or raise or lower it by that much.
        percent: 0…100.
    """

    change: Literal["set", "raise", "lower"]
    percent: int


def parse_volume(value: str | None) -> Volume:
    """Read `"50"`, `"+10"` or `"-10"` as a `Volume`.

    Raises:
        ValueError: it is anything else.
    """
    found = _VOLUME_VALUE.fullmatch(value or "")
    if found is None or int(found[2]) > 100:
        raise ValueError(f"not a volume: {value!r}")
    signs: dict[str, Literal["set", "raise", "lower"]] = {"": "set", "+": "raise", "-": "lower"}
    return Volume(signs[found[1]], int(found[2]))


def checked(name: str, value: str | None) -> Action | Outcome:
    """Return the action of that name, or why it cannot be carried out with `value` anywhere.

    Everything that reaches an argument list passes here first.
    """
    try:
        action = Action(name)
    except ValueError:
        return _refusal(name, value)
    return action if _takes(action, value) else _refusal(name, value)


def _takes(action: Action, value: str | None) -> bool:
    match action:
        case Action.VOLUME:
            return _is_volume(value)
        case Action.MUTE:
            return value in (None, "off")
        case Action.NEW_FOLDER:
            # Any name will do: `new_folder` makes a good one of it, and no tool gets it.
            return True
        case _:
            return value is None


def _refusal(name: str, value: str | None) -> Outcome:
    return Outcome("unsupported", f"{name!r} with value {value!r}"[:200])


def _is_volume(value: str | None) -> bool:
    try:
        parse_volume(value)
    except ValueError:
        return False
    return True


def screenshot_file(folder: Path) -> Path:
    """Return where the next screenshot goes; make the folder.

    Raises:
        OSError: the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{datetime.now():%Y-%m-%d_%H-%M-%S}.png"
