"""JSON on standard output, for programs and for bug reports."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping


def write_json(found: Mapping[str, object], indent: int | None = None) -> None:
    """Write an object and a line break, at once.

    Args:
        found: the object.
        indent: of what is inside it; by default all is one line.
    """
    # Elsewhere Chinese would be lost, or be no UTF-8 for who reads it.
    readable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    sys.stdout.write(json.dumps(found, ensure_ascii=not readable, indent=indent) + "\n")
    sys.stdout.flush()
