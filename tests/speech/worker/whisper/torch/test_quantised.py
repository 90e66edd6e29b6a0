from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")

from torch import Tensor

from voice_assistant.speech.worker.whisper.torch import quantised
from voice_assistant.speech.worker.whisper.torch.quantised import (
    Int8Embedding,
    Int8Linear,
    Int8Matrix,
)

CPU = torch.device("cpu")
SINGLE, HALF = torch.float32, torch.float16


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantised, "_SLICE", 7)


def random(*shape: int) -> Tensor:
    values: Tensor = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    return values


def test_rounding_is_within_half_a_step_of_each_row() -> None:
    values = random(20, 30) * torch.logspace(-4, 2, 20)[:, None]
    matrix = Int8Matrix(20, 30, CPU, SINGLE)
    matrix.quantise(0, values)
    step = values.abs().amax(dim=1, keepdim=True) / 127
    assert ((matrix.unfold() - values).abs() <= 0.5001 * step).all()
    assert matrix.unfold().abs().amax(dim=1) == pytest.approx(values.abs().amax(dim=1))


def test_a_row_of_zeros() -> None:
    matrix = Int8Matrix(2, 3, CPU, SINGLE)
    matrix.quantise(0, torch.zeros(2, 3))
    assert matrix.unfold().tolist() == [[0] * 3] * 2


def test_rows_are_put_where_they_belong() -> None:
    values = random(20, 8)
    whole, parts = Int8Matrix(20, 8, CPU, SINGLE), Int8Matrix(20, 8, CPU, SINGLE)
    whole.quantise(0, values)
    parts.quantise(11, values[11:])
    parts.quantise(0, values[:11])
    assert torch.equal(whole.unfold(), parts.unfold())
    assert torch.equal(whole.unfold(slice(3, 9)), whole.unfold()[3:9])


def test_a_linear_layer() -> None:
    layer = Int8Linear(8, 20, CPU, HALF, SINGLE)
    layer.quantise(0, random(20, 8))
    layer.bias.data.copy_(random(20))
    x = random(2, 5, 8)
    expected = x @ layer.unfold().T + layer.bias.float()
    assert torch.allclose(layer(x), expected, atol=1e-6)


def test_a_vocabulary() -> None:
    words = Int8Embedding(20, 8, CPU, HALF, SINGLE)
    words.quantise(0, random(20, 8))
    tokens = torch.tensor([[3, 19], [0, 7]])
    assert torch.allclose(words(tokens), words.unfold()[tokens])
    x = random(2, 3, 8)
    assert torch.allclose(words.logits(x), x @ words.unfold().T, atol=1e-6)


def test_it_is_unfolded_into_the_arithmetic_type() -> None:
    matrix = Int8Matrix(4, 4, CPU, HALF)
    matrix.quantise(0, random(4, 4))
    assert matrix.unfold().dtype == HALF


def test_what_is_held_is_int8() -> None:
    layer = Int8Linear(64, 64, CPU, HALF, SINGLE)
    layer.quantise(0, random(64, 64))
    held = sum(value.numel() * value.element_size() for value in layer.state_dict().values())
    assert held == 64 * 64 + 64 * 4 + 64 * 2
