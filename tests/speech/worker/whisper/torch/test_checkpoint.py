from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")

from voice_assistant.models.model import Dimensions
from voice_assistant.speech.worker.whisper.torch.checkpoint import write_checkpoint
from voice_assistant.speech.worker.whisper.torch.weights import Weights, read_openai

TINY = Dimensions(80, 1500, 64, 1, 2, 51865, 448, 64, 1, 2)
WHOLE = torch.arange(12).reshape(6, 2)
TENSORS = [("upper", WHOLE[:4].half()), ("lower", WHOLE.float()[4:])]


def test_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "tiny.pt"
    path.write_bytes(b"something older")
    write_checkpoint(Weights(TINY, TENSORS), path)
    weights = read_openai(path)
    assert weights.dimensions == TINY
    for (name, tensor), (twin, other) in zip(TENSORS, weights.tensors, strict=True):
        assert (name, tensor.dtype) == (twin, other.dtype)
        assert torch.equal(tensor, other)
    assert list(tmp_path.iterdir()) == [path]


def test_openai_whisper_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "tiny.pt"
    write_checkpoint(Weights(TINY, TENSORS), path)
    content = torch.load(path, weights_only=True)
    assert content["dims"] == asdict(TINY)
    # No more than its rows: torch writes the memory behind a tensor as a whole.
    assert content["model_state_dict"]["lower"].untyped_storage().nbytes() == 16


def test_what_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tiny.pt"
    path.write_bytes(b"something older")

    def full(handle: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_checkpoint(Weights(TINY, TENSORS), path)
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"something older"]
