"""Text to Whisper's tokens and back."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import tiktoken

# GPT-2's word splitter, which Whisper's vocabulary was made with (openai-whisper, tokenizer.py).
_WORDS = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


class Tokenizer:
    """A multilingual Whisper vocabulary.

    Args:
        path: a Hugging Face `tokenizer.json`.
    """

    def __init__(self, path: Path) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        special = {token["content"]: token["id"] for token in data["added_tokens"]}
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

    def encode(self, text: str) -> list[int]:
        """The tokens of ordinary text; nothing in it is taken for a special token."""
        return self._encoding.encode_ordinary(text)

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens, special ones left out."""
        text = [token for token in tokens if token < self.end_of_text]
        return self._encoding.decode(text, errors="ignore")

    def special(self, name: str) -> int:
        """The number of `<|name|>`.

        Raises:
            KeyError: the model has no such token; for a language, that it does not know it.
        """
        number: int = self._special[f"<|{name}|>"]
        return number


@cache
def _byte_of() -> dict[str, int]:
    """The byte behind each printable character of a byte-level vocabulary (GPT-2's table)."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(0x100) if byte not in printable]
    table = {chr(byte): byte for byte in printable}
    table.update({chr(0x100 + position): byte for position, byte in enumerate(hidden)})
    return table
