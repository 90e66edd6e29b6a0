"""Give one spelling to all that means the same, for matching only: chat goes on as it was said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

import opencc

_NOT_WORD = re.compile(r"[^\w+#.]+|_")
_LOOSE_DOT = re.compile(r"(?<![a-z0-9])\.|\.(?![a-z0-9])")
_SPACE_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_SPELLED = re.compile(r"(?<![a-z0-9])(?:[a-z] )+[a-z](?![a-z0-9])")


# What the computer's own things are called in Taiwan, after `tw2sp`.
_TAIWAN = {
    "影片": "视频", "相簿": "相册", "列印": "打印", "磁碟": "磁盘", "桌布": "壁纸", "字元": "字符",
    "字型": "字体", "部落格": "博客", "社群": "社区", "程式": "程序", "登入": "登录",
    "登出": "注销",
    "介面": "界面", "命令列": "命令行", "最佳化": "优化", "预设": "默认", "查找": "查询",
    "通信录": "通讯录", "截屏": "截图", "档案": "文件", "萤幕": "屏幕", "记事簿": "记事本",
}  # fmt: skip
_TAIWAN_WORD = re.compile("|".join(sorted(_TAIWAN, key=len, reverse=True)))

_OPENING = "《〈「『【“‘（(\"'"
_CLOSING = "。！？.!?，, "
# Characters after a query: at most thanks, particles or where to search.
_LONGEST_AFTER = 12

SPOKEN_DIGITS = str.maketrans("0123456789〇幺", "零一二三四五六七八九零一")
"""4399 is said 四三九九, and 幺 for 一; recognisers write now this, now that."""


def normalise(text: str) -> str:
    """Fold width, case, script, punctuation and spaces.

    Spaces stay only between Latin words. Traditional characters become simplified ones (OpenCC
    `t2s`), words stay as they are: see `reworded`.
    """
    return _folded(text, _simplified)


def reworded(text: str) -> str:
    """Fold as `normalise` does, and give Traditional Chinese mainland words, too.

    OpenCC `tw2sp` knows 開啟 → 打开 and 工作管理員 → 任务管理器; `_TAIWAN` what it leaves out.
    Wrong for those who write mainland words in Traditional characters: it makes 进程 of 程序.
    """
    return _folded(text, _mainland)


def _folded(text: str, convert: Callable[[str], str]) -> str:
    folded = _words(text)
    if not folded.isascii():
        folded = convert(folded)
    if "." in folded:
        folded = _LOOSE_DOT.sub(" ", folded)
    folded = " ".join(folded.split())
    if " " not in folded:
        return folded
    folded = _SPELLED.sub(lambda match: match[0].replace(" ", ""), folded)
    return _SPACE_BESIDE_CHINESE.sub("", folded)


@lru_cache(maxsize=64)
def _words(text: str) -> str:
    # Without what OpenCC stops at, a NUL, and what it raises for, half of a surrogate pair.
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).lower())


def as_said(part: str, text: str, fold: Callable[[str], str] = normalise) -> str:
    """Return the last part of `text` whose folded form is `part`, as it was said.

    What cannot be printed counts as a space: half of a surrogate pair fits into no address.
    """
    if not part:
        return part
    text = "".join(character if character.isprintable() else " " for character in text)
    text = text.rstrip(_CLOSING)
    for end in range(len(text), 0, -1):
        if len(text) - end > _LONGEST_AFTER:
            break
        start = _start(part, text[:end], fold)
        if start is not None:
            if start and text[start - 1] in _OPENING:
                start -= 1
            return " ".join(text[start:end].split()).rstrip(_CLOSING)
    return part


def _start(part: str, text: str, fold: Callable[[str], str]) -> int | None:
    """Return where `part` begins in a text that ends with it; `None` if it does not."""
    # Folding nearly always keeps the length or leaves out some marks, and each try folds anew.
    start = len(text) - len(part)
    while start >= 0:
        found = fold(text[start:])
        if found == part and not text[start].isspace():
            return start
        if len(found) >= len(part):
            break
        start -= len(part) - len(found)
    tries = sorted(range(len(text)), key=lambda at: (abs(len(text) - at - len(part)), -at))
    return next((at for at in tries if fold(text[at:]) == part and not text[at].isspace()), None)


@lru_cache(maxsize=8192)
def key(name: str) -> str:
    """Return the form under which a name is looked up: normalised, without any space."""
    return normalise(name).replace(" ", "")


def is_traditional(text: str) -> bool:
    """Return whether a text has characters that are not simplified ones."""
    words = _words(text)
    return not words.isascii() and _simplified(words) != words


def _mainland(text: str) -> str:
    if not is_traditional(text):
        # tw2sp would make 进程 of 程序, 幺 of 么.
        return text
    text = _converter("tw2sp").convert(text)
    return _TAIWAN_WORD.sub(lambda match: _TAIWAN[match[0]], text)


@lru_cache(maxsize=64)
def _simplified(text: str) -> str:
    simplified: str = _converter("t2s").convert(text)
    return simplified


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)
