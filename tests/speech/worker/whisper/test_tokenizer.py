from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from voice_assistant.models.known import built_in
from voice_assistant.speech.worker.whisper.engine import TimedText
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer


@pytest.fixture(scope="module")
def newer() -> Tokenizer:
    """As large-v3-turbo has it."""
    file = next(file for file in built_in()["base"].files if file.name == "tokenizer.json")
    path = Path(str(files(file.parts[0].package) / file.parts[0].path))
    return Tokenizer(path, n_vocab=51866)


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


def test_cantonese_moves_the_tokens_after_it(newer: Tokenizer) -> None:
    # As openai-whisper's `get_tokenizer(True, num_languages=100)` has them.
    assert newer.special("startoftranscript") == 50258
    assert newer.special("zh") == 50260
    assert newer.special("su") == 50357
    assert newer.special("yue") == 50358
    assert newer.special("translate") == 50359
    assert newer.special("transcribe") == 50360
    assert newer.special("startofprev") == 50362
    assert newer.special("nospeech") == 50363
    assert newer.special("notimestamps") == 50364
    assert newer.timestamp_begin == 50365
    assert len(newer.language_tokens) == 100


def test_the_older_one_knows_no_cantonese(tokenizer: Tokenizer) -> None:
    assert tokenizer.special("nospeech") == 50362
    assert tokenizer.timestamp_begin == 50364
    assert len(tokenizer.language_tokens) == 99
    with pytest.raises(KeyError):
        tokenizer.special("yue")


def test_a_vocabulary_of_one_language(tokenizer: Tokenizer) -> None:
    with pytest.raises(ValueError, match="51864"):
        Tokenizer(Path("tokenizer.json"), n_vocab=51864)


def test_what_is_written_and_never_said(tokenizer: Tokenizer) -> None:
    # `suppress_ids` in base's config.json is openai-whisper's list, the special tokens last.
    tokens = tokenizer.suppressed_tokens
    assert tokens[:8] == (1, 2, 7, 8, 9, 10, 14, 25)
    assert tokens[-7:] == (50254, 50258, 50358, 50359, 50360, 50361, 50362)
    assert len(tokens) == 88
    assert tokens[:-6] == tokenizer.non_speech_tokens


def test_a_prompt(tokenizer: Tokenizer) -> None:
    words = tokenizer.encode(" 打开微信")
    assert tokenizer.prompt_tokens("zh", "", False) == [50258, 50260, 50359, 50363]
    assert tokenizer.prompt_tokens("zh", "", True) == [50258, 50260, 50359]
    assert tokenizer.prompt_tokens("en", "打开微信", True) == [50361, *words, 50258, 50259, 50359]


def test_the_beginning_of_a_long_prompt(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.prompt_tokens("zh", "明天北京会下雨吗？" * 200, False)
    words = tokenizer.encode(" " + "明天北京会下雨吗？" * 200)
    assert tokens[1:-4] == words[:200]


def test_reading_without_times(tokenizer: Tokenizer) -> None:
    assert tokenizer.read(tokenizer.encode(" 打开微信")) == ("打开微信", ())


def test_reading_times(tokenizer: Tokenizer) -> None:
    zero = tokenizer.timestamp_begin
    first, second = tokenizer.encode(" 打开"), tokenizer.encode("微信")
    tokens = [zero, *first, zero + 60, zero + 70, *second, zero + 125]
    text, timed = tokenizer.read(tokens)
    assert text == "打开微信"
    assert timed == (TimedText(0.0, 1.2, "打开"), TimedText(1.4, 2.5, "微信"))


def test_reading_what_does_not_end(tokenizer: Tokenizer) -> None:
    zero = tokenizer.timestamp_begin
    _, timed = tokenizer.read([zero + 10, *tokenizer.encode("打开")], duration_s=4.0)
    assert timed == (TimedText(0.2, 4.0, "打开"),)
