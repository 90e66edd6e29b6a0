from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.support.base_weights import base_tensors
from tests.support.checkpoint_file import write_checkpoint
from voice_assistant.converter.agreement import can_compare, compare_recognition
from voice_assistant.models.formats import ctranslate2_form, openai_checkpoint
from voice_assistant.models.known import built_in

BASE = built_in()["base"]


@pytest.fixture(scope="module")
def checkpoint(model_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch", reason="the torch engine's packages are not installed")
    path = tmp_path_factory.mktemp("checkpoint") / "base.pt"
    write_checkpoint(path, base_tensors(model_dir), BASE.dimensions)
    return path


def test_the_same_weights_recognise_the_same(checkpoint: Path, model_dir: Path) -> None:
    compare_recognition(BASE, checkpoint, model_dir / "base")


@pytest.mark.parametrize(
    ("name", "why"),
    [("encoder.conv1.bias", "encoder's output differs"), ("decoder.ln.weight", "is not")],
)
def test_other_weights_do_not(checkpoint: Path, tmp_path: Path, name: str, why: str) -> None:
    tensors = dict(openai_checkpoint.read(checkpoint).tensors)
    tensors[name] = np.multiply(tensors[name], np.float16(1.02))
    ctranslate2_form.write(tmp_path, BASE, tensors)
    with pytest.raises(ValueError, match=why):
        compare_recognition(BASE, checkpoint, tmp_path)


def test_memory_that_somebody_would_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="the torch engine's packages are not installed")
    memory = psutil.virtual_memory()
    need = 2 * (BASE.weights_mib["float32"] << 20)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory._replace(available=need))
    assert not can_compare(BASE)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory._replace(available=need + 1))
    assert can_compare(BASE)
    assert not can_compare(built_in()["small"])


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert not can_compare(BASE)
