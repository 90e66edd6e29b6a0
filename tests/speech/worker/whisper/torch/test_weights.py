from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")

from torch import Tensor

from voice_assistant.models.formats.ctranslate2_file import CTranslate2File, read
from voice_assistant.models.model import Dimensions
from voice_assistant.speech.worker.whisper.torch.layers import Placement
from voice_assistant.speech.worker.whisper.torch.model import Whisper
from voice_assistant.speech.worker.whisper.torch.weights import (
    Weights,
    load,
    random_weights,
    read_ctranslate2,
    read_openai,
)

CPU = torch.device("cpu")
SINGLE = Placement(CPU, torch.float32, torch.float32)
HALF = Placement(CPU, torch.float16, torch.float32)
INT8 = Placement(CPU, torch.float16, torch.float32, int8=True)
TINY = Dimensions(80, 1500, 64, 1, 2, 51865, 448, 64, 1, 2)


@pytest.fixture
def tiny() -> Weights:
    weights = random_weights(TINY, 1, HALF)
    return replace(weights, tensors=list(weights.tensors))


@pytest.fixture
def checkpoint(tiny: Weights, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.pt"
    torch.save({"dims": asdict(TINY), "model_state_dict": dict(tiny.tensors)}, path)
    return path


def same(one: Whisper, other: Whisper) -> bool:
    pairs = zip(one.state_dict().items(), other.state_dict().items(), strict=True)
    return all(name == twin and torch.equal(a, b) for (name, a), (twin, b) in pairs)


def test_the_real_model(model_dir: Path) -> None:
    weights = read_ctranslate2(model_dir / "base" / "model.bin")
    assert weights.dimensions == Dimensions(80, 1500, 512, 8, 6, 51865, 448, 512, 8, 6)
    model = load(weights, HALF)
    # What `Model.parameters` counts, and a bias of zeros for the keys of 18 attentions.
    count = sum(parameter.numel() for parameter in model.parameters())
    assert count == 71_825_920 + 18 * 512 + 1500 * 512


def test_matrices_are_stacked_in_ctranslate2_s_order(model_dir: Path) -> None:
    path = model_dir / "base" / "model.bin"
    variables = read(path).variables
    state = load(read_ctranslate2(path), HALF).state_dict()
    for half, scope, ours in [
        ("encoder", "self_attention/linear_0", "attn.qkv"),
        ("decoder", "self_attention/linear_0", "attn.qkv"),
        ("decoder", "attention/linear_1", "cross_attn.kv"),
        ("decoder", "attention/linear_2", "cross_attn.out"),
        ("decoder", "ffn/linear_1", "mlp.2"),
    ]:
        for field in ("weight", "bias"):
            theirs = np.array(variables[f"{half}/layer_3/{scope}/{field}"])
            assert np.array_equal(state[f"{half}.blocks.3.{ours}.{field}"].numpy(), theirs)


def test_a_checkpoint_of_openai_whisper(tiny: Weights, checkpoint: Path) -> None:
    weights = read_openai(checkpoint)
    assert weights.dimensions == TINY
    assert same(load(weights, HALF), load(tiny, HALF))


def test_openai_whisper_has_the_same_names(tiny: Weights) -> None:
    whisper = pytest.importorskip("whisper", reason="openai-whisper is not installed")
    model = whisper.model.Whisper(whisper.model.ModelDimensions(**asdict(TINY)))
    model.load_state_dict({name: tensor.float() for name, tensor in tiny.tensors})


@pytest.mark.parametrize("placement", [SINGLE, HALF, INT8])
def test_nothing_but_normalisation_is_single_precision(tiny: Weights, placement: Placement) -> None:
    for name, parameter in load(tiny, placement).named_parameters():
        normal = "ln" in name or name.endswith(".scale")
        matrix = placement.int8 and name.endswith("weight") and "conv" not in name
        wanted = torch.float32 if normal else torch.int8 if matrix else placement.held
        assert parameter.dtype == wanted, name


def test_a_weight_is_missing(tiny: Weights) -> None:
    tensors = [pair for pair in tiny.tensors if pair[0] != "decoder.blocks.1.attn.value.bias"]
    with pytest.raises(ValueError, match=r"missing: decoder\.blocks\.1\.attn\.value\.bias"):
        load(replace(tiny, tensors=tensors), SINGLE)


@pytest.mark.parametrize("name", ["decoder.blocks.2.attn.out.bias", "encoder.conv1.bias"])
def test_a_weight_is_too_many(tiny: Weights, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        load(replace(tiny, tensors=[*tiny.tensors, (name, torch.zeros(64))]), SINGLE)


def test_a_weight_of_another_shape(tiny: Weights) -> None:
    tensors = [(name, tensor[:-1]) for name, tensor in tiny.tensors]
    with pytest.raises(ValueError, match="shape"):
        load(replace(tiny, tensors=tensors), SINGLE)


def test_a_weight_of_whole_numbers(tiny: Weights) -> None:
    tensors = [(name, tensor.to(torch.int8)) for name, tensor in tiny.tensors]
    with pytest.raises(ValueError, match="int8"):
        load(replace(tiny, tensors=tensors), SINGLE)


class Tool:
    """Would run code when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("a checkpoint ran code",))


@pytest.mark.parametrize(
    "content", [{"dims": {}}, {"dims": {"n_mels": 80}, "model_state_dict": {}}, [1], Tool()]
)
def test_what_is_no_checkpoint(tmp_path: Path, content: object) -> None:
    path = tmp_path / "tiny.pt"
    torch.save(content, path)
    with pytest.raises(ValueError, match="no checkpoint"):
        read_openai(path)


def test_bytes_that_are_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "tiny.pt"
    path.write_bytes(b"not a model")
    with pytest.raises(ValueError, match="no checkpoint"):
        read_openai(path)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"specification": "TransformerSpec"}, "TransformerSpec"),
        ({"revision": 2}, "revision 2"),
        ({"without": "encoder/num_heads"}, "encoder/num_heads"),
        ({"quantised": "encoder/conv1/weight"}, "quantised"),
    ],
)
def test_other_ctranslate2_models(
    monkeypatch: pytest.MonkeyPatch, model_dir: Path, change: dict[str, str | int], problem: str
) -> None:
    path = model_dir / "base" / "model.bin"
    real = read(path)
    variables = {
        name: array for name, array in real.variables.items() if name != change.get("without")
    }
    if "quantised" in change:
        name = str(change["quantised"])
        variables[name] = variables[name].astype(np.int8)
    file = CTranslate2File(
        str(change.get("specification", real.specification)),
        int(change.get("revision", real.revision)),
        variables,
        real.aliases,
    )
    monkeypatch.setattr("voice_assistant.models.formats.ctranslate2_file.read", lambda path: file)
    with pytest.raises(ValueError, match=problem):
        list(read_ctranslate2(path).tensors)


def test_random_weights_are_the_same_again(tiny: Weights) -> None:
    again = dict(random_weights(TINY, 1, HALF).tensors)
    other = dict(random_weights(TINY, 2, HALF).tensors)
    for name, tensor in tiny.tensors:
        assert tensor.dtype == torch.float16
        assert torch.equal(tensor, again[name])
        if "ln" not in name:
            assert not torch.equal(tensor, other[name])


def test_one_tensor_at_a_time(tiny: Weights) -> None:
    class Counted:
        alive = most = 0

    def counting() -> Iterator[tuple[str, Tensor]]:
        for name, tensor in tiny.tensors:
            Counted.alive += 1
            Counted.most = max(Counted.most, Counted.alive)
            yield name, tensor
            Counted.alive -= 1

    load(replace(tiny, tensors=counting()), HALF)
    assert Counted.most == 1
