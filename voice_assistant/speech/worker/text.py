"""Write recognised text as people do."""

from __future__ import annotations

import re
from functools import cache

import opencc

_PUNCTUATION = re.compile(r"[\W_]+")
_CHINESE_ENDS = str.maketrans(",.．?!;:", "，。。？！；：")
_BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])[,.．?!;:](?=\s|$|[\u4e00-\u9fff])")
_SPACE_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff，。？！；：]) +(?=[\u4e00-\u9fff])")


def clean(text: str, language: str, script: str = "simplified") -> str:
    """Write Chinese in one script with Chinese punctuation; only strip other languages.

    Args:
        text: as a model wrote it, which mixes scripts.
        language: an ISO 639-1 code.
        script: `simplified` or `traditional`.
    """
    text = text.strip()
    if language != "zh":
        return text
    text = _converter("t2s").convert(text)
    if script == "traditional":
        text = _converter("s2t").convert(text)
    text = _BESIDE_CHINESE.sub(lambda match: match[0].translate(_CHINESE_ENDS), text)
    return _SPACE_IN_CHINESE.sub("", text)


def fold(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return _PUNCTUATION.sub("", text).lower()


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)
