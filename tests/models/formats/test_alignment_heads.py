from __future__ import annotations

import base64
import gzip
from dataclasses import replace

import numpy as np
import pytest

from voice_assistant.models.formats.alignment_heads import alignment_heads
from voice_assistant.models.known import built_in


@pytest.mark.parametrize("name", built_in())
def test_they_are_openai_whisper_s(name: str) -> None:
    whisper = pytest.importorskip("whisper", reason="openai-whisper is not installed")
    shape = built_in()[name].dimensions
    packed = gzip.decompress(base64.b85decode(whisper._ALIGNMENT_HEADS[name]))
    table = np.frombuffer(packed, bool).reshape(shape.n_text_layer, shape.n_text_head)
    pairs = [(int(layer), int(head)) for layer, head in np.argwhere(table)]
    assert list(alignment_heads(built_in()[name])) == pairs


@pytest.mark.parametrize("name", built_in())
def test_the_model_has_them(name: str) -> None:
    shape = built_in()[name].dimensions
    heads = alignment_heads(built_in()[name])
    assert heads
    for layer, head in heads:
        assert 0 <= layer < shape.n_text_layer
        assert 0 <= head < shape.n_text_head


def test_another_model_has_those_of_its_upper_half() -> None:
    base = built_in()["base"]
    other = replace(base, name="other", dimensions=replace(base.dimensions, n_text_head=2))
    assert alignment_heads(other) == [(3, 0), (3, 1), (4, 0), (4, 1), (5, 0), (5, 1)]
