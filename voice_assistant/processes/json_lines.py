"""Write and read JSON on standard output: how a helper tells the program that runs it what happens.

A helper writes one event a line, a frozen dataclass whose field `event` names its kind. The program
that runs it reads lines into those dataclasses again, with every field checked. A line that is no
event is passed over, since libraries write where they like. (What the converter writes has no
`event`: its one line is older than this protocol, and scripts may rely on it.)
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from pydantic import TypeAdapter

Event = TypeVar("Event")


def write_json(found: Mapping[str, object], indent: int | None = None) -> None:
    """Write an object and a line break to standard output, at once.

    Args:
        found: the object.
        indent: of what is inside it; by default all is one line.
    """
    # Elsewhere Chinese would be lost, or be no UTF-8 for the program that reads it.
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(found, ensure_ascii=not readable, indent=indent) + "\n")
    sys.stdout.flush()


def write_event(event: DataclassInstance) -> None:
    """Write an event to standard output, as a line of JSON with its fields in their order."""
    write_json(asdict(event))


class EventReader(Generic[Event]):
    """Read the events of a helper from its lines.

    Args:
        kinds: dataclasses of what is of interest; other events are passed over.
    """

    def __init__(self, *kinds: type[Event]) -> None:
        self._kinds = kinds

    def read(self, line: str | bytes) -> Event | None:
        """Return the event of a line, or `None` if it is none of the kinds that are of interest."""
        from pydantic import ValidationError

        try:
            return self._adapter.validate_json(line, strict=True)
        except ValidationError:
            return None

    @cached_property
    def _adapter(self) -> TypeAdapter[Event]:
        # Not at the top: this module writes for `test_gpu.py` before there are packages.
        from pydantic import TypeAdapter

        return TypeAdapter(reduce(or_, self._kinds))
