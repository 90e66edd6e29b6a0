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
    # Before OpenCC: it stops at a NUL and raises for half of a surrogate pair.
    folded = _simplify(_NOT_WORD.sub(" ", folded))
    folded = _LOOSE_DOT.sub(" ", folded)
    folded = _SPELLED.sub(lambda match: match[0].replace(" ", ""), folded)
    return _SPACE_BESIDE_CHINESE.sub("", " ".join(folded.split()))


def key(name: str) -> str:
    """The form under which a name is looked up: normalised, without any space."""
    return normalise(name).replace(" ", "")


def _simplify(text: str) -> str:
    # What is simplified already has mainland wording: tw2sp would make 进程 of 程序, 幺 of 么.
    if text.isascii() or _converter("t2s").convert(text) == text:
        return text
    return str(_converter("tw2sp").convert(text))


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)
