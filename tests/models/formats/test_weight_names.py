from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.models.formats.ctranslate2_file import read
from voice_assistant.models.formats.weight_names import (
    ctranslate2_shapes,
    is_key_bias,
    openai_names,
)
from voice_assistant.models.known import built_in

BASE = built_in()["base"].dimensions


def test_what_is_no_weight_has_no_name() -> None:
    assert openai_names("decoder/num_heads") is None
    assert openai_names("decoder/layer_norm/gamma") == ["decoder.ln.weight"]
    assert openai_names("encoder/position_encodings/encodings") == ["encoder.positional_embedding"]


def test_stacked_weights_have_several_names() -> None:
    assert openai_names("decoder/layer_3/attention/linear_1/bias") == [
        "decoder.blocks.3.cross_attn.key.bias",
        "decoder.blocks.3.cross_attn.value.bias",
    ]
    assert is_key_bias("decoder.blocks.3.cross_attn.key.bias")
    assert not is_key_bias("decoder.blocks.3.cross_attn.key.weight")


def test_the_shapes_of_the_real_model(model_dir: Path) -> None:
    variables = read(model_dir / "base" / "model.bin").variables
    weights = {name: array.shape for name, array in variables.items() if array.ndim}
    assert ctranslate2_shapes(BASE) == weights


@pytest.mark.parametrize("name", built_in())
def test_every_weight_has_a_name_of_its_own(name: str) -> None:
    variables = ctranslate2_shapes(built_in()[name].dimensions)
    names = [openai_names(variable) for variable in variables]
    flat = [each for several in names for each in several or ()]
    assert None not in names
    assert len(set(flat)) == len(flat)
