"""Hold what the downloader and the converter tell the program that runs them.

Each dataclass is one line of JSON with its fields in their order (see `processes.json_lines`);
scripts read them, too, so fields may be added, but none renamed, moved or removed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Params = dict[str, str | int | float]
"""What a sentence of `voice_assistant/locales/` names."""


@dataclass(frozen=True, slots=True)
class DownloadNote:
    """Hold a sentence that a person would be shown.

    Attributes:
        event: which kind this is.
        key: of the sentence.
        params: what it names.
    """

    event: Literal["note"] = field(default="note", kw_only=True)
    key: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """Tell how far a download is.

    Attributes:
        event: which kind this is.
        model: its name.
        done: bytes that are there.
        total: bytes of all files.
        rate: bytes per second, lately.
        left_s: seconds it will take at that rate; `None` while nothing comes.
    """

    event: Literal["progress"] = field(default="progress", kw_only=True)
    model: str
    done: int
    total: int
    rate: float
    left_s: float | None


@dataclass(frozen=True, slots=True)
class DownloadFailed:
    """Tell why the downloader ends without what it was asked for.

    Attributes:
        event: which kind this is.
        code: of the error; see `errors.STATUS`.
        params: what its sentence names.
    """

    event: Literal["error"] = field(default="error", kw_only=True)
    code: str
    params: Params


@dataclass(frozen=True, slots=True)
class Converted:
    """Tell that the converter has made a model's CTranslate2 form, or found it in order.

    Attributes:
        model: its name.
        folder: where the form is.
        made: whether it had to be made.
        published: whether it is, byte for byte, the form that others publish.
        compared: what was compared with the checkpoint: `weights`, `recognition`.
        seconds: that it took.
    """

    model: str
    folder: str
    made: bool
    published: bool
    compared: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class CheckpointWritten:
    """Tell that the converter has written a checkpoint from a model's CTranslate2 form.

    Attributes:
        model: its name.
        file: the checkpoint.
        made: always true.
        seconds: that it took.
    """

    model: str
    file: str
    made: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class ConversionFailed:
    """Tell why the converter ends without what it was asked for.

    Attributes:
        model: the name that it was given.
        code: of the error; see `errors.STATUS`.
        params: what its sentence names.
        error: the sentence.
    """

    model: str
    code: str
    params: Params
    error: str
