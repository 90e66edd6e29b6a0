"""Expand wordings that are written short, in hassil's manner: `音量调(大|高)[[一]点]`.

`[…]` may be left out, `(…|…)` is one of its alternatives, `[…|…]` one of them or nothing, and all
of them nest. Nothing else is special: a space is a space.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

MOST = 1000
"""Texts that one template may stand for; more are a slip, and would cost memory and start time."""

_MARKS = frozenset("[(|)]")
_PIECE = re.compile(r"[^\[(|)\]]+|.")
_CLOSING = {"[": "]", "(": ")"}


def expand(template: str) -> tuple[str, ...]:
    """Return the texts that a template stands for, each once, without what may be left out first.

    Raises:
        ValueError: for a bracket without its other half, `|` outside brackets, or more than `MOST`
            texts.
    """
    if _MARKS.isdisjoint(template):
        return (template,)
    try:
        return tuple(dict.fromkeys(_texts(deque(_PIECE.findall(template)))))
    except ValueError as error:
        raise ValueError(f"{template}: {error}") from error


def expanded(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a grammar file with the templates in its lists expanded.

    Texts that are in no list, as names and values are, stay as they are.

    Raises:
        ValueError: as `expand` does.
    """
    return {key: _expanded(value) for key, value in data.items()}


def _expanded(value: object) -> object:
    if isinstance(value, Mapping):
        return expanded(value)
    if not isinstance(value, list):
        return value
    if all(isinstance(each, str) for each in value):
        return [text for template in value for text in expand(template)]
    return [_expanded(each) for each in value]


def _texts(pieces: deque[str], closing: str = "") -> list[str]:
    """Return the texts up to the bracket `closing`, or to the end; use the pieces up."""
    texts: list[str] = []
    parts: list[list[str]] = []
    while pieces:
        piece = pieces.popleft()
        if piece in _CLOSING:
            choices = _texts(pieces, _CLOSING[piece])
            parts.append(["", *choices] if piece == "[" else choices)
        elif piece not in _MARKS:
            parts.append([piece])
        elif piece == closing:
            return texts + _joined(parts)
        elif piece == "|" and closing:
            texts += _joined(parts)
            parts = []
        else:
            raise ValueError(f"{piece} has no place there")
    if closing:
        raise ValueError(f"{closing} is missing")
    return _joined(parts)


def _joined(parts: list[list[str]]) -> list[str]:
    if prod(map(len, parts)) > MOST:
        raise ValueError(f"stands for more than {MOST} texts")
    if len(parts) == 1:
        return parts[0]
    return list(map("".join, product(*parts)))
