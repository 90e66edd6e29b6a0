"""Turn text into Whisper's tokens and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path

import tiktoken

from voice_assistant.speech.languages import LANGUAGES
from voice_assistant.speech.worker.sound.samples import WINDOW_S
from voice_assistant.speech.worker.whisper.engine import TimedText

# GPT-2's word splitter, which Whisper's vocabulary was made with (openai-whisper, tokenizer.py).
_WORDS = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""

_N_VOCAB = 51_865
# The large-v3 family's. Cantonese follows the other languages, and the rest moves up by one.
_N_VOCAB_CANTONESE = 51_866

# Some files have the name that the token had at first.
_OLD_NAMES = {"nospeech": "nocaptions"}

# Whisper keeps 224 tokens for the text before.
_PROMPT_TOKENS = 200

_TIMESTAMP_S = 0.02

# Speaker tags, brackets and music: written, not spoken (openai-whisper, tokenizer.py).
_SIGNS = '"#()*+/:;<=>@[\\]^_`{|}~「」『』'
_SEQUENCES = "<< >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪"
# Of several tokens; the first two bytes are those of other such symbols, and never of speech.
_MUSIC = "♩♪♫♬♭♮♯"


class Tokenizer:
    """Hold the vocabulary of a multilingual Whisper model.

    Args:
        path: a Hugging Face `tokenizer.json` of any multilingual model before large-v3; the words
            of all of them are the same.
        n_vocab: how many tokens the model knows.

    Raises:
        ValueError: no multilingual model has so many.
    """

    def __init__(self, path: Path, n_vocab: int = _N_VOCAB) -> None:
        if n_vocab not in (_N_VOCAB, _N_VOCAB_CANTONESE):
            raise ValueError(f"no multilingual Whisper model has {n_vocab} tokens")
        data = json.loads(path.read_text(encoding="utf-8"))
        special = {token["content"]: token["id"] for token in data["added_tokens"]}
        if n_vocab == _N_VOCAB_CANTONESE:
            special = _with_cantonese(special)
        ranks = {
            bytes(_byte_of()[character] for character in token): number
            for token, number in data["model"]["vocab"].items()
            if token not in special
        }
        self._encoding = tiktoken.Encoding(
            path.stem, pat_str=_WORDS, mergeable_ranks=ranks, special_tokens=special
        )
        self._special = special
        self.end_of_text: int = special["<|endoftext|>"]
        self.timestamp_begin: int = special["<|notimestamps|>"] + 1
        """The token of 0.00 s; each one after it is 20 ms later."""

    def encode(self, text: str) -> list[int]:
        """Return the tokens of ordinary text; nothing in it is taken for a special token."""
        return self._encoding.encode_ordinary(text)

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, special ones left out."""
        text = [token for token in tokens if token < self.end_of_text]
        return self._encoding.decode(text, errors="ignore")

    def token_bytes(self, token: int) -> bytes:
        """Return what one token of text stands for, in UTF-8; it may be part of a character."""
        return self._encoding.decode_single_token_bytes(token)

    def special(self, name: str) -> int:
        """Return the number of `<|name|>`.

        Raises:
            KeyError: the model has no such token; for a language, that it does not know it.
        """
        if f"<|{name}|>" not in self._special:
            name = _OLD_NAMES.get(name, name)
        number: int = self._special[f"<|{name}|>"]
        return number

    @cached_property
    def language_tokens(self) -> dict[str, int]:
        """Return the token of each language that the model knows, by its ISO 639-1 code."""
        codes = (name.strip("<|>") for name in self._special)
        return {code: self.special(code) for code in codes if code in LANGUAGES or code == "yue"}

    @cached_property
    def non_speech_tokens(self) -> tuple[int, ...]:
        """Return, ascending, what is written and never said; openai-whisper suppresses it, too."""
        tokens = {self.encode(" -")[0], self.encode(" '")[0]}
        for symbol in (*_SIGNS, *_SEQUENCES.split(), *_MUSIC):
            for written in (self.encode(symbol), self.encode(" " + symbol)):
                if len(written) == 1 or symbol in _MUSIC:
                    tokens.add(written[0])
        return tuple(sorted(tokens))

    @cached_property
    def suppressed_tokens(self) -> tuple[int, ...]:
        """Return, ascending, what a decoder is never to write: the above and the special tokens.

        The end of text, languages and timestamps are not among them, as in openai-whisper.
        """
        names = ("transcribe", "translate", "startoftranscript", "startofprev", "startoflm")
        special = {self.special(name) for name in (*names, "nospeech")}
        return tuple(sorted(special.union(self.non_speech_tokens)))

    def prompt_tokens(self, language: str, prompt: str, timestamps: bool) -> list[int]:
        """Return what a decoder is to go on from.

        Args:
            language: an ISO 639-1 code.
            prompt: text before; what is beyond 200 tokens is left out.
            timestamps: whether times are to be written.

        Raises:
            KeyError: the model does not know the language.
        """
        before: list[int] = []
        if prompt:
            words = self.encode(" " + prompt)[:_PROMPT_TOKENS]
            before = [self.special("startofprev"), *words]
        start = [self.special(name) for name in ("startoftranscript", language, "transcribe")]
        return [*before, *start, *([] if timestamps else [self.special("notimestamps")])]

    def read(
        self, tokens: Sequence[int], duration_s: float = WINDOW_S
    ) -> tuple[str, tuple[TimedText, ...]]:
        """Return what a decoder wrote: the text, stripped, and when each stretch of it was said.

        Args:
            tokens: with timestamps or without; without, nothing is timed.
            duration_s: the end of a stretch that has none.
        """
        timed = []
        words: list[int] = []
        start_s: float | None = None
        for token in tokens:
            if token < self.timestamp_begin:
                words.append(token)
                continue
            time_s = round((token - self.timestamp_begin) * _TIMESTAMP_S, 2)
            if start_s is not None and words:
                timed.append(TimedText(start_s, time_s, self.decode(words).strip()))
            start_s, words = time_s, []
        if start_s is not None and words:
            end_s = max(start_s, duration_s)
            timed.append(TimedText(start_s, end_s, self.decode(words).strip()))
        return self.decode(tokens).strip(), tuple(stretch for stretch in timed if stretch.text)


def _with_cantonese(special: dict[str, int]) -> dict[str, int]:
    place = special["<|translate|>"]
    moved = {name: number + (number >= place) for name, number in special.items()}
    return {**moved, "<|yue|>": place}


@cache
def _byte_of() -> dict[str, int]:
    """Map each printable character of a byte-level vocabulary to its byte (GPT-2's table)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(0x100) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    table.update({chr(0x100 + position): byte for position, byte in enumerate(hidden)})
    return table
