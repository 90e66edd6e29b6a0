"""One spelling for all that means the same; for matching only, the chat box gets what was said."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

_NOT_WORD = re.compile(r"[^\w+#.]+|_")
_LOOSE_DOT = re.compile(r"(?<![a-z0-9])\.|\.(?![a-z0-9])")
_SPACE_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_SPELLED = re.compile(r"\b(?:[a-z] )+[a-z]\b")


def normalise(text: str) -> str:
    """Fold width, case, script, wording of Taiwan, punctuation and spaces.

    Spaces stay only between Latin words. Traditional characters become simplified ones with
    mainland wording (OpenCC `tw2sp`: 開啟 → 打开, 工作管理員 → 任务管理器).
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = simplify(folded)
    folded = _LOOSE_DOT.sub(" ", _NOT_WORD.sub(" ", folded))
    folded = _SPELLED.sub(lambda match: match[0].replace(" ", ""), folded)
    return _SPACE_BESIDE_CHINESE.sub("", " ".join(folded.split()))


def key(name: str) -> str:
    """The form under which a name is looked up: normalised, without any space."""
    return normalise(name).replace(" ", "")


def simplify(text: str) -> str:
    """Traditional characters and wording of Taiwan as simplified ones with mainland wording."""
    return text if text.isascii() else _converter().convert(text)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("tw2sp")
