from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.base_weights import base_tensors
from tests.support.checkpoint_file import TINY, random_tensors
from voice_assistant.models.formats import ctranslate2_file
from voice_assistant.models.formats.companions import N_VOCAB_CANTONESE, companions
from voice_assistant.models.formats.ctranslate2_form import compare, write
from voice_assistant.models.formats.mapped_arrays import Array
from voice_assistant.models.formats.weight_names import ctranslate2_shapes
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Model

MODEL = replace(built_in()["base"], name="tiny", dimensions=TINY)
CANTONESE = replace(MODEL, dimensions=replace(TINY, n_vocab=N_VOCAB_CANTONESE))


@pytest.fixture
def tensors() -> dict[str, Array]:
    return random_tensors()


def test_base_comes_out_as_its_publisher_has_it(model_dir: Path, tmp_path: Path) -> None:
    base = built_in()["base"]
    write(tmp_path, base, base_tensors(model_dir))
    published = {file.name: file.sha256 for file in base.files if file.name != "tokenizer.json"}
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in made.items()} == published


@pytest.mark.parametrize("name", built_in())
def test_every_model_has_the_size_that_its_publisher_s_has(name: str, tmp_path: Path) -> None:
    model = built_in()[name]
    write(
        tmp_path,
        MODEL if model.languages == 99 else CANTONESE,
        random_tensors(replace(TINY, n_vocab=model.dimensions.n_vocab)),
    )
    file = ctranslate2_file.read(tmp_path / "model.bin")
    settings = {name: array for name, array in file.variables.items() if not array.ndim}
    head = 4 + len("..WhisperSpec.") + 4 + 4
    size = head + sum(len(name) + 9 + array.nbytes for name, array in settings.items())
    size += sum(
        len(name) + 9 + 4 * len(shape) + 2 * int(np.prod(shape))
        for name, shape in ctranslate2_shapes(model.dimensions).items()
    )
    aliases = file.aliases.items()
    size += 4 + sum(len(alias) + len(name) + 6 for alias, name in aliases)
    assert size == next(file.size for file in model.files if file.name == "model.bin")


@pytest.mark.parametrize("model", [MODEL, CANTONESE], ids=["51865", "51866"])
def test_ctranslate2_s_own_converter_makes_the_same(model: Model, tmp_path: Path) -> None:
    from ctranslate2.specs import WhisperSpec
    from ctranslate2.specs.model_spec import index_spec

    shape = model.dimensions
    write(tmp_path, model, random_tensors(shape))
    ours = ctranslate2_file.read(tmp_path / "model.bin")
    theirs = WhisperSpec(
        shape.n_audio_layer, shape.n_audio_head, shape.n_text_layer, shape.n_text_head
    )
    for name in ctranslate2_shapes(shape):
        scope, _, last = name.rpartition("/")
        setattr(index_spec(theirs, scope), last, np.array(ours.variables[name]))
    theirs.decoder.projection.weight = theirs.decoder.embeddings.weight
    theirs.register_vocabulary(["?"] * shape.n_vocab)
    theirs.validate()
    theirs.optimize("float16")
    (tmp_path / "theirs").mkdir()
    theirs.save(str(tmp_path / "theirs"))
    file = ctranslate2_file.read(tmp_path / "theirs" / "model.bin")
    assert (file.specification, file.revision) == (ours.specification, ours.revision)
    assert file.aliases == ours.aliases
    for name, array in ours.variables.items():
        assert array.dtype == file.variables[name].dtype
        assert np.array_equal(array, file.variables[name]), name
    # What else it says is what is assumed without it.
    assert not any(file.variables[name].any() for name in set(file.variables) - set(ours.variables))


@pytest.mark.parametrize("model", [MODEL, CANTONESE], ids=["51865", "51866"])
def test_ctranslate2_runs_it(model: Model, tmp_path: Path) -> None:
    import ctranslate2

    write(tmp_path, model, random_tensors(model.dimensions))
    running = ctranslate2.models.Whisper(str(tmp_path), device="cpu", compute_type="float32")
    assert running.num_languages == 99 + (model is CANTONESE)
    silence = ctranslate2.StorageView.from_array(np.zeros((1, 80, 200), np.float32))
    states = np.asarray(running.encode(silence))
    assert states.shape == (1, 100, 16)
    assert np.isfinite(states).all()


def test_single_precision_is_rounded(tensors: dict[str, Array], tmp_path: Path) -> None:
    single = {
        name: array.astype(np.float32) * np.float32(1.0001) for name, array in tensors.items()
    }
    write(tmp_path, MODEL, single)
    compare(tmp_path, single)
    written = ctranslate2_file.read(tmp_path / "model.bin").variables["encoder/conv1/weight"]
    assert np.array_equal(written, single["encoder.conv1.weight"].astype(np.float16))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"encoder.conv1.bias": None}, r"missing: encoder\.conv1\.bias"),
        ({"encoder.conv3.bias": np.zeros(16, "<f2")}, r"not known: encoder\.conv3\.bias"),
        ({"encoder.conv1.bias": np.zeros(17, "<f2")}, r"shape \(17,\)"),
        ({"encoder.conv1.bias": np.zeros(16, "<i2")}, "int16"),
        ({"encoder.conv1.bias": np.full(16, 1e5, "<f4")}, "float16 has not"),
        ({"encoder.conv1.bias": np.full(16, np.nan, "<f2")}, "float16 has not"),
        ({"decoder.blocks.1.attn.key.weight": np.zeros((16, 8), "<f2")}, "shape"),
    ],
)
def test_weights_that_are_not_those_of_the_model(
    tensors: dict[str, Array], tmp_path: Path, change: dict[str, Array | None], why: str
) -> None:
    changed = {name: array for name, array in {**tensors, **change}.items() if array is not None}
    with pytest.raises(ValueError, match=why):
        write(tmp_path, MODEL, changed)


def test_every_weight_is_compared(tensors: dict[str, Array], tmp_path: Path) -> None:
    write(tmp_path, MODEL, tensors)
    compare(tmp_path, tensors)
    for name, array in tensors.items():
        other = array.copy()
        # The sign of the last number, be it zero.
        other.view(np.uint16).flat[-1] ^= 0x8000
        with pytest.raises(ValueError, match="not written as"):
            compare(tmp_path, {**tensors, name: other})
    with pytest.raises(ValueError, match="not written: new"):
        compare(tmp_path, {**tensors, "new": np.zeros(1, "<f2")})
    del tensors["encoder.conv1.bias"]
    with pytest.raises(ValueError, match=r"not written as encoder\.conv1\.bias"):
        compare(tmp_path, tensors)


def test_the_bias_of_keys_is_zero(tmp_path: Path) -> None:
    write(tmp_path, MODEL, random_tensors())
    path = tmp_path / "model.bin"
    file = ctranslate2_file.read(path)
    name = "decoder/layer_1/attention/linear_1/bias"
    bias = np.array(file.variables[name])
    assert not bias[:16].any()
    assert bias[16:].all()
    bias[0] = 1
    changed = {**{each: np.array(array) for each, array in file.variables.items()}, name: bias}
    ctranslate2_file.write(path, replace(file, variables=changed))
    with pytest.raises(ValueError, match=r"not written as .*cross_attn\.key\.bias"):
        compare(tmp_path, random_tensors())


def test_what_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path, MODEL, random_tensors())
    for name, data in companions(MODEL).items():
        assert (tmp_path / name).read_bytes() == data
    assert {path.name for path in tmp_path.iterdir()} == {"model.bin", *companions(MODEL)}
