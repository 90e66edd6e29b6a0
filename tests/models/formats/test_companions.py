from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from voice_assistant.models.formats.companions import companions
from voice_assistant.models.known import built_in

BASE = built_in()["base"]


@pytest.mark.parametrize("name", built_in())
def test_they_are_the_publishers_byte_for_byte(name: str) -> None:
    made = companions(built_in()[name])
    published = {file.name: file for file in built_in()[name].files}
    assert len(made) == 2
    for file, data in made.items():
        digest = hashlib.sha256(data).hexdigest()
        assert (len(data), digest) == (published[file].size, published[file].sha256), file


def test_a_model_without_known_heads() -> None:
    shape = replace(BASE.dimensions, n_text_layer=3, n_text_head=2)
    config = companions(replace(BASE, name="unheard", dimensions=shape))["config.json"]
    assert json.loads(config)["alignment_heads"] == [[1, 0], [1, 1], [2, 0], [2, 1]]


def test_a_model_that_knows_english_only() -> None:
    english = replace(BASE, dimensions=replace(BASE.dimensions, n_vocab=51_864))
    with pytest.raises(ValueError, match="51864"):
        companions(english)
