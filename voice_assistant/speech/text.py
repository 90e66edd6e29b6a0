"""Recognised text as people write it."""

from __future__ import annotations

import re
from functools import cache

import opencc

_PUNCTUATION = re.compile(r"[\W_]+")
_CHINESE_ENDS = str.maketrans(",.．?!;:", "，。。？！；：")
_BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff])[,.．?!;:](?=\s|$|[\u4e00-\u9fff])")
_SPACE_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff，。？！；：]) +(?=[\u4e00-\u9fff])")


def clean(text: str, language: str) -> str:
    """Chinese in simplified characters with Chinese punctuation; other languages only stripped."""
    text = text.strip()
    if language != "zh":
        return text
    text = _converter().convert(text)
    text = _BESIDE_CHINESE.sub(lambda match: match[0].translate(_CHINESE_ENDS), text)
    return _SPACE_IN_CHINESE.sub("", text)


def fold(text: str) -> str:
    """The letters and digits of a text, in lower case."""
    return _PUNCTUATION.sub("", text).lower()


def join(texts: list[str], language: str) -> str:
    """Stretches of one recording, put together."""
    spoken = [text for text in texts if text]
    return ("" if language in {"zh", "ja", "yue"} else " ").join(spoken)


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
