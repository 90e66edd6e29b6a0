"""Translate what openai-whisper and CTranslate2 call the weights of a Whisper model.

Source: openai-whisper 20250625, `model.py`; `ctranslate2/converters/transformers.py`, whose names
of layers these are (docs/sources.md, "Names of weights").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voice_assistant.models.model import Dimensions

STACKS = {
    "attn.qkv": ("attn.query", "attn.key", "attn.value"),
    "cross_attn.kv": ("cross_attn.key", "cross_attn.value"),
}
"""What is kept as one matrix by CTranslate2 and by our torch engine, in the order of the rows."""

_KEY_BIAS = re.compile(r"attn\.key\.bias$")

# From a name in a CTranslate2 file to one in openai-whisper's state dict, or to several whose rows
# are stacked.
_NAMES = (
    (r"layer_(\d+)/self_attention/layer_norm", (r"blocks.\1.attn_ln",)),
    (
        r"layer_(\d+)/self_attention/linear_0",
        tuple(rf"blocks.\1.{part}" for part in STACKS["attn.qkv"]),
    ),
    (r"layer_(\d+)/self_attention/linear_1", (r"blocks.\1.attn.out",)),
    (r"layer_(\d+)/attention/layer_norm", (r"blocks.\1.cross_attn_ln",)),
    (r"layer_(\d+)/attention/linear_0", (r"blocks.\1.cross_attn.query",)),
    (
        r"layer_(\d+)/attention/linear_1",
        tuple(rf"blocks.\1.{part}" for part in STACKS["cross_attn.kv"]),
    ),
    (r"layer_(\d+)/attention/linear_2", (r"blocks.\1.cross_attn.out",)),
    (r"layer_(\d+)/ffn/layer_norm", (r"blocks.\1.mlp_ln",)),
    (r"layer_(\d+)/ffn/linear_0", (r"blocks.\1.mlp.0",)),
    (r"layer_(\d+)/ffn/linear_1", (r"blocks.\1.mlp.2",)),
    (r"(conv[12])", (r"\1",)),
    (r"embeddings", (r"token_embedding",)),
)
_FIELDS = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}


def openai_names(variable: str) -> list[str] | None:
    """Return what openai-whisper calls a variable of a CTranslate2 file.

    Several names for matrices that are stacked there; none for what is no weight.
    """
    half, _, rest = variable.partition("/")
    if rest == "position_encodings/encodings":
        return [f"{half}.positional_embedding"]
    scope, _, last = rest.rpartition("/")
    if scope == "layer_norm":
        return [f"{half}.{'ln_post' if half == 'encoder' else 'ln'}.{_FIELDS[last]}"]
    for pattern, names in _NAMES:
        if last in _FIELDS and (match := re.fullmatch(pattern, scope)):
            return [f"{half}.{match.expand(name)}.{_FIELDS[last]}" for name in names]
    return None


def is_key_bias(name: str) -> bool:
    """Return whether a name of openai-whisper's is that of a weight it does not have.

    Keys have no bias, since it would change no score's rank; stacked, it is zero.
    """
    return _KEY_BIAS.search(name) is not None


def ctranslate2_shapes(dimensions: Dimensions) -> dict[str, tuple[int, ...]]:
    """Return the shape of every weight in a CTranslate2 file, by its name there."""
    return {
        f"{half}/{name}": shape
        for half, shapes in (("encoder", _encoder(dimensions)), ("decoder", _decoder(dimensions)))
        for name, shape in shapes
    }


_Shapes = Iterator[tuple[str, tuple[int, ...]]]


def _encoder(shape: Dimensions) -> _Shapes:
    state = shape.n_audio_state
    yield from _linear("conv1", state, shape.n_mels, 3)
    yield from _linear("conv2", state, state, 3)
    yield "position_encodings/encodings", (shape.n_audio_ctx, state)
    yield from _norm("layer_norm", state)
    for number in range(shape.n_audio_layer):
        yield from _layer(f"layer_{number}", state)


def _decoder(shape: Dimensions) -> _Shapes:
    state = shape.n_text_state
    yield "embeddings/weight", (shape.n_vocab, state)
    yield "position_encodings/encodings", (shape.n_text_ctx, state)
    yield from _norm("layer_norm", state)
    for number in range(shape.n_text_layer):
        yield from _layer(f"layer_{number}", state)
        scope = f"layer_{number}/attention"
        yield from _norm(f"{scope}/layer_norm", state)
        yield from _linear(f"{scope}/linear_0", state, state)
        yield from _linear(f"{scope}/linear_1", 2 * state, state)
        yield from _linear(f"{scope}/linear_2", state, state)


def _layer(scope: str, state: int) -> _Shapes:
    yield from _norm(f"{scope}/self_attention/layer_norm", state)
    yield from _linear(f"{scope}/self_attention/linear_0", 3 * state, state)
    yield from _linear(f"{scope}/self_attention/linear_1", state, state)
    yield from _norm(f"{scope}/ffn/layer_norm", state)
    yield from _linear(f"{scope}/ffn/linear_0", 4 * state, state)
    yield from _linear(f"{scope}/ffn/linear_1", state, 4 * state)


def _linear(scope: str, *shape: int) -> _Shapes:
    yield f"{scope}/weight", shape
    yield f"{scope}/bias", shape[:1]


def _norm(scope: str, state: int) -> _Shapes:
    yield f"{scope}/gamma", (state,)
    yield f"{scope}/beta", (state,)
