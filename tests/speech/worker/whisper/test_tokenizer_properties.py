from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.speech.languages import LANGUAGES
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer

SPOKEN = st.text(st.sampled_from("打开微信今天天气 ，。?!'aAbB10𠮷é👨‍👩‍👧\n"), max_size=30)
TEXTS = st.text(max_size=30) | SPOKEN
# What a decoder may write: words, special tokens and times.
TOKENS = st.integers(0, 51864) | st.integers(50257, 51864)


@given(TEXTS)
@example("<|endoftext|><|0.00|>")
def test_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    tokens = tokenizer.encode(text)
    assert all(0 <= token < tokenizer.end_of_text for token in tokens)
    assert tokenizer.decode(tokens) == text
    assert b"".join(map(tokenizer.token_bytes, tokens)).decode() == text


@given(st.lists(TOKENS, max_size=30), st.floats(0, 30))
def test_whatever_was_written_is_read(
    tokenizer: Tokenizer, tokens: list[int], duration_s: float
) -> None:
    text, timed = tokenizer.read(tokens, duration_s)
    assert text == text.strip()
    for stretch in timed:
        assert stretch.text == stretch.text.strip() != ""
        assert stretch.start_s >= 0
    # All that is timed was written; a character whose bytes lie on both sides of a time is lost.
    assert sum(len(stretch.text) for stretch in timed) <= len(tokenizer.decode(tokens))


@given(st.lists(st.tuples(st.integers(0, 1500), SPOKEN), max_size=6))
def test_times_come_back(tokenizer: Tokenizer, said: list[tuple[int, str]]) -> None:
    starts = sorted(start for start, _ in said)
    texts = [text for _, text in said]
    tokens = [
        token
        for start, text in zip(starts, texts, strict=True)
        for token in (tokenizer.timestamp_begin + start, *tokenizer.encode(text))
    ]
    _, timed = tokenizer.read(tokens)
    expected = [
        (round(start * 0.02, 2), text.strip())
        for start, text in zip(starts, texts, strict=True)
        if text.strip()
    ]
    assert [(each.start_s, each.text) for each in timed] == expected


@given(st.sampled_from(sorted(LANGUAGES)), TEXTS, st.booleans())
def test_a_prompt_is_bounded_and_ends_as_the_model_wants(
    tokenizer: Tokenizer, language: str, prompt: str, timestamps: bool
) -> None:
    tokens = tokenizer.prompt_tokens(language, prompt * 20, timestamps)
    assert len(tokens) <= 205
    begin = tokens.index(tokenizer.special("startoftranscript"))
    assert tokens[begin + 1] == tokenizer.language_tokens[language]
    assert (begin > 0) == bool(prompt)
    assert (tokens[-1] == tokenizer.special("notimestamps")) != timestamps
