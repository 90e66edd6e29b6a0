from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import pytest

from voice_assistant.errors import ModelError
from voice_assistant.models.known import built_in, choose_package, find_model, select
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings

each_model = pytest.mark.parametrize("model", built_in().values(), ids=list(built_in()))


def test_names() -> None:
    assert all(name == model.name for name, model in built_in().items())


def test_there_is_one_to_choose_by_default() -> None:
    priority: list[str] = Settings.model_fields["model_priority"].default
    assert any(name in built_in() for name in priority)


@pytest.mark.parametrize("model", [model for model in built_in().values() if model.packaged])
def test_packages_hold_exactly_it(model: Model) -> None:
    for file in model.files:
        digest, size = hashlib.sha256(), 0
        for part in file.parts:
            data = (files(part.package) / part.path).read_bytes()
            digest.update(data)
            size += len(data)
        assert (size, digest.hexdigest()) == (file.size, file.sha256), file.name


@each_model
def test_its_weights_take_what_their_number_says(model: Model) -> None:
    mib = model.parameters / (1 << 20)
    for compute_type, size in (("float32", 4), ("float16", 2), ("int8", 1)):
        assert model.weights_mib[compute_type] == pytest.approx(size * mib, rel=0.05)
    assert model.working_mib > 0


@each_model
def test_it_has_what_an_engine_needs(model: Model) -> None:
    assert model.dimensions.n_mels in (80, 128)
    # Cantonese is a language of its own, with a token of its own.
    assert model.dimensions.n_vocab - model.languages == 51766
    names = [file.name for file in model.files]
    assert len(set(names)) == len(names)
    assert {"model.bin", "config.json"} < set(names)
    assert any(name.startswith("vocabulary.") for name in names)
    # float16 weights take two bytes each.
    sizes = [file.size for file in model.files if file.name == "model.bin"]
    for size in (*sizes, model.checkpoint.size):
        assert size == pytest.approx(2 * model.parameters, rel=0.02)


@each_model
def test_every_file_can_be_had_and_verified(model: Model) -> None:
    for file in (model.checkpoint, *model.files):
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.modelscope or file.url, file.name
    # OpenAI's addresses hold the SHA-256.
    assert f"/{model.checkpoint.sha256}/{model.name}.pt" in model.checkpoint.url


def test_packages_have_one() -> None:
    assert [name for name, model in built_in().items() if model.packaged] == ["base"]


def test_no_two_are_the_same_checkpoint() -> None:
    assert len({model.checkpoint.sha256 for model in built_in().values()}) == len(built_in())


def test_finding() -> None:
    assert find_model("medium", built_in()) is built_in()["medium"]
    with pytest.raises(ModelError) as caught:
        find_model("huge", built_in())
    assert (caught.value.code, caught.value.params) == ("MODEL_MISSING", {"model": "huge"})


def test_those_of_a_list() -> None:
    found = select(["huge", "small", "base"], built_in())
    assert found == [built_in()["small"], built_in()["base"]]


@pytest.mark.parametrize(
    "names",
    [
        ["base"],
        ["huge", "medium", "base"],
        # What no package has is waited for with what one has.
        ["medium"],
        ["huge", "medium"],
    ],
)
def test_choosing_a_package(names: list[str]) -> None:
    assert choose_package(names, built_in()) is built_in()["base"]


def test_there_is_no_package_for_names_that_nobody_knows() -> None:
    with pytest.raises(ModelError) as caught:
        choose_package(["huge"], built_in())
    assert (caught.value.code, caught.value.params) == ("MODEL_MISSING", {"model": "huge"})
