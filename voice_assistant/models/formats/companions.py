"""Make what CTranslate2 needs beside a `model.bin`: settings and vocabulary.

Both follow from those of base, which its package has. For every known model they are, byte for
byte, what the publishers of its CTranslate2 form have, so they are verified by SHA-256.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from voice_assistant.models.formats.alignment_heads import alignment_heads
from voice_assistant.models.model import Model
from voice_assistant.models.package_file import find_package_file

_N_VOCAB = 51_865
N_VOCAB_CANTONESE = 51_866
"""The large-v3 family's. Cantonese follows the other languages, and the rest moves up by one."""

_AFTER_LANGUAGES = "<|translate|>"

# Some files have the name that the token had at first.
_NEW_NAMES = {"<|nocaptions|>": "<|nospeech|>"}

_TIMESTAMP_S = 0.02


def companions(model: Model) -> Mapping[str, bytes]:
    """Return the files beside a model's weights, by name.

    Raises:
        ValueError: no multilingual model has so many tokens.
        ModelError: the package of base is missing or damaged.
    """
    count = model.dimensions.n_vocab
    if count not in (_N_VOCAB, N_VOCAB_CANTONESE):
        raise ValueError(f"no multilingual Whisper model has {count} tokens")
    tokens = _base_tokens()
    moved = tokens.index(_AFTER_LANGUAGES)
    config = json.loads(find_package_file("config.json").read_text(encoding="utf-8"))
    config["alignment_heads"] = alignment_heads(model)
    cantonese = count == N_VOCAB_CANTONESE
    if cantonese:
        tokens = [_NEW_NAMES.get(token, token) for token in tokens]
        tokens.insert(moved, "<|yue|>")
        config["suppress_ids"] = [token + (token >= moved) for token in config["suppress_ids"]]
        config["lang_ids"].append(moved)
    tokens += [f"<|{_TIMESTAMP_S * number:.2f}|>" for number in range(count - len(tokens))]
    # In whichever form the publishers have it; CTranslate2 reads both.
    vocabulary = (
        {"vocabulary.json": json.dumps(tokens, indent=2)}
        if cantonese
        else {"vocabulary.txt": "".join(f"{token}\n" for token in tokens)}
    )
    texts = {"config.json": json.dumps(config, indent=2, sort_keys=True) + "\n", **vocabulary}
    return {name: text.encode("utf-8") for name, text in texts.items()}


def _base_tokens() -> list[str]:
    """Return the tokens of base in their order, without the timestamps."""
    data = json.loads(find_package_file("tokenizer.json").read_text(encoding="utf-8"))
    tokens = {number: token for token, number in data["model"]["vocab"].items()}
    tokens |= {token["id"]: token["content"] for token in data["added_tokens"]}
    return [tokens[number] for number in range(len(tokens))]
