from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")

from torch import Tensor

from voice_assistant.models.model import Dimensions
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.features import log_mel
from voice_assistant.speech.worker.whisper.torch.features import LogMel
from voice_assistant.speech.worker.whisper.torch.layers import Convolution, Placement
from voice_assistant.speech.worker.whisper.torch.model import Attended, Whisper
from voice_assistant.speech.worker.whisper.torch.weights import (
    load,
    random_weights,
    read_ctranslate2,
)

CPU = torch.device("cpu")
SINGLE = Placement(CPU, torch.float32, torch.float32)
TINY = Dimensions(80, 1500, 64, 2, 2, 51865, 32, 64, 2, 2)
CONTEXT = 48


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def tiny() -> Whisper:
    return load(random_weights(TINY, 1, SINGLE), SINGLE)


def states(utterances: int, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    values: Tensor = torch.randn((utterances, 40, 64), generator=generator)
    return values


def attended(model: Whisper, heard: Tensor, starts: list[int]) -> Attended:
    """Everything that a decoder looks at, before the first token."""
    utterances = len(heard)
    cross = torch.full((2, 2, utterances, 2, CONTEXT, 32), 1e3)
    model.decoder.attend_to(heard, cross)
    mask = torch.zeros((1, 1, 1, CONTEXT))
    mask[..., heard.shape[1] :] = float("-inf")
    return Attended(
        cache=torch.full((2, 2, len(starts), 2, 32, 32), 1e3),
        cross=cross,
        cross_mask=mask,
        start=torch.tensor(starts),
        column=torch.tensor(0),
    )


def test_steps_with_a_cache_are_one_pass(tiny: Whisper) -> None:
    tokens = torch.randint(0, 51865, (2, 9), generator=torch.Generator().manual_seed(2))
    whole = tiny.decoder(tokens, attended(tiny, states(2), [0, 0]))
    place = attended(tiny, states(2), [0, 0])
    parts = [tiny.decoder(tokens[:, :4], place)]
    for column in range(4, 9):
        place.column.fill_(column)
        parts.append(tiny.decoder(tokens[:, column : column + 1], place))
    assert torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-5)


def test_later_tokens_change_nothing(tiny: Whisper) -> None:
    tokens = torch.arange(100, 106)[None]
    before = tiny.decoder(tokens, attended(tiny, states(1), [0]))
    tokens = torch.cat([tokens[:, :-1], torch.tensor([[7]])], dim=1)
    after = tiny.decoder(tokens, attended(tiny, states(1), [0]))
    assert torch.equal(before[:, :-1], after[:, :-1])
    assert not torch.allclose(before[:, -1], after[:, -1])


def test_padding_on_the_left_changes_nothing(tiny: Whisper) -> None:
    tokens = torch.tensor([[11, 12, 13, 14]])
    padded = torch.tensor([[9, 9, 9, 11, 12, 13, 14]])
    alone = tiny.decoder(tokens, attended(tiny, states(1), [0]))
    together = tiny.decoder(padded, attended(tiny, states(1), [3]))
    assert torch.allclose(alone, together[:, 3:], atol=1e-5)
    assert torch.isfinite(together).all()


def test_every_token_sees_something(tiny: Whisper) -> None:
    # A row of nothing but minus infinity is NaN in some kernels, and NaN stays in the cache.
    place = attended(tiny, states(1), [0, 3])
    mask = tiny.decoder._mask(place, torch.arange(5))
    assert mask.shape == (2, 1, 5, 32)
    assert (mask.amax(dim=-1) == 0).all()


def test_hypotheses_of_one_utterance_share_its_sound(tiny: Whisper) -> None:
    tokens = torch.tensor([[1, 2], [3, 4], [1, 2], [3, 4]])
    together = tiny.decoder(tokens, attended(tiny, states(2), [0] * 4))
    for utterance in range(2):
        heard = states(2)[utterance : utterance + 1].repeat(2, 1, 1)
        rows = slice(2 * utterance, 2 * utterance + 2)
        alone = tiny.decoder(tokens[rows], attended(tiny, heard, [0, 0]))
        assert torch.allclose(together[rows], alone, atol=1e-5)
    assert not torch.allclose(together[0], together[2])


@pytest.mark.parametrize("stride", [1, 2])
def test_convolutions_are_torch_s(stride: int) -> None:
    layer = Convolution(6, 5, stride, SINGLE)
    generator = torch.Generator().manual_seed(1)
    layer.weight.data.normal_(generator=generator)
    layer.bias.data.normal_(generator=generator)
    x = torch.randn((2, 20, 6), generator=generator)
    expected = torch.nn.functional.conv1d(
        x.transpose(1, 2), layer.weight, layer.bias, stride=stride, padding=1
    )
    assert torch.allclose(layer(x), expected.transpose(1, 2), atol=1e-5)


@pytest.mark.parametrize("seconds", [10, 14.02, 30])
def test_the_encoder_is_ctranslate2_s(model_dir: Path, spoken: Samples, seconds: float) -> None:
    folder = model_dir / "base"
    padded = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    padded[: len(spoken)] = spoken
    mel = log_mel(padded, 80)[None]
    reference = ctranslate2.models.Whisper(str(folder), compute_type="float32", intra_threads=1)
    theirs = np.array(reference.encode(ctranslate2.StorageView.from_array(mel)))
    ours = load(read_ctranslate2(folder / "model.bin"), SINGLE).encoder(torch.from_numpy(mel))
    assert ours.shape == theirs.shape == (1, round(50 * seconds), 512)
    assert np.linalg.norm(ours.numpy() - theirs) < 1e-3 * np.linalg.norm(theirs)


@pytest.mark.parametrize("n_mels", [80, 128])
def test_log_mel_is_that_of_numpy(spoken: Samples, n_mels: int) -> None:
    batch = np.stack([spoken[:24_000], 0.01 * spoken[:24_000], np.zeros(24_000, np.float32)])
    mel = LogMel(n_mels, CPU)(torch.from_numpy(batch))
    assert mel.shape == (3, n_mels, 150)
    for ours, samples in zip(mel, batch, strict=True):
        assert ours.numpy() == pytest.approx(log_mel(samples, n_mels), abs=1e-4)
