from __future__ import annotations

import pytest

from voice_assistant.speech.tokenizer import Tokenizer


@pytest.mark.parametrize(
    "text",
    [
        "打开计算器。",
        " 今天天气怎么样？",
        "Open Bilibili, it's 12:30!",
        "去B站看看\n然后  截图",
        "👨‍👩‍👧 🎉 表情",
        "𠮷野家 naïve café",
        "",
    ],
)
def test_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_known_tokens(tokenizer: Tokenizer) -> None:
    # openai-whisper's multilingual tokenizer gives these.
    assert tokenizer.encode(" Hello, world!") == [2425, 11, 1002, 0]
    assert tokenizer.encode("你好") == [26410]
    assert tokenizer.end_of_text == 50257
    assert tokenizer.special("startoftranscript") == 50258
    assert tokenizer.special("zh") == 50260
    assert tokenizer.special("transcribe") == 50359
    assert tokenizer.special("startofprev") == 50361
    assert tokenizer.special("notimestamps") == 50363


@pytest.mark.parametrize("name", ["endoftext", "startoftranscript", "zh", "notimestamps"])
def test_special_tokens_in_text_are_only_text(tokenizer: Tokenizer, name: str) -> None:
    text = f"说<|{name}|>吧"
    tokens = tokenizer.encode(text)
    assert max(tokens) < tokenizer.end_of_text
    assert tokenizer.decode(tokens) == text


def test_special_tokens_are_not_text(tokenizer: Tokenizer) -> None:
    start, end = tokenizer.special("startoftranscript"), tokenizer.end_of_text
    timestamp = tokenizer.special("notimestamps") + 1
    tokens = [start, *tokenizer.encode("打开"), timestamp, *tokenizer.encode("微信"), end]
    assert tokenizer.decode(tokens) == "打开微信"


def test_half_a_character_is_left_out(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.encode("好𠮷")
    assert tokenizer.decode(tokens[:-1]) == "好"


def test_an_unknown_language(tokenizer: Tokenizer) -> None:
    with pytest.raises(KeyError):
        tokenizer.special("tlh")
