from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.support.base_weights import base_tensors
from tests.support.checkpoint_file import write_checkpoint
from voice_assistant import ROOT
from voice_assistant.converter import __main__ as conversion
from voice_assistant.models.formats import openai_checkpoint
from voice_assistant.models.known import built_in
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine
from voice_assistant.speech.worker.whisper.engine import DecodingOptions

BASE = built_in()["base"]


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are kept; nothing is there."""
    for variable in ("MODELSCOPE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / "caches"))
    monkeypatch.setenv("VOICE_LOCALE", "en")
    return tmp_path / "models"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = conversion.main(arguments)
    [line] = capsys.readouterr().out.splitlines()
    report: dict[str, Any] = json.loads(line)
    return code, report


def test_base(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    model_dir: Path,
    models: Path,
    spoken: Samples,
) -> None:
    """The real model, as if nobody but OpenAI had it; the engine then runs what was made."""
    (models / "base").mkdir(parents=True)
    path = models / "base" / "base.pt"
    write_checkpoint(path, base_tensors(model_dir), BASE.dimensions)
    file = replace(BASE.checkpoint, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    model = replace(
        BASE, checkpoint=file, files=tuple(replace(each, parts=()) for each in BASE.files)
    )
    monkeypatch.setattr(conversion, "find_models", lambda own: {"base": model})
    code, report = run(capsys, "base", "--dir", str(models))
    folder = models / "base" / "converted"
    compared = ["weights", "recognition"] if find_spec("torch") else ["weights"]
    assert report.pop("seconds") > 0
    assert (code, report) == (
        0,
        {
            "model": "base",
            "folder": str(folder),
            "made": True,
            "published": True,
            "compared": compared,
        },
    )
    code, report = run(capsys, "base", "--dir", str(models))
    assert (code, report["made"], report["compared"]) == (0, False, [])
    path.unlink()
    engine = CTranslate2Engine(EngineConfig("ctranslate2", model, models, "cpu", "int8", 1, 1, 60))
    samples = np.zeros(6 * SAMPLE_RATE, np.float32)
    samples[: len(spoken)] = spoken
    (decoding,) = engine.decode(engine.encode([samples]), [DecodingOptions("zh", "", 20)])
    assert "打" in decoding.text


def test_a_model_that_is_not_known(capsys: pytest.CaptureFixture[str], models: Path) -> None:
    code, report = run(capsys, "huge", "--dir", str(models))
    assert code == 1
    assert (report["code"], report["params"]) == ("MODEL_MISSING", {"model": "huge"})
    assert report["error"].startswith("There is no speech model to use (looked for huge)")


def test_a_bad_setting(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_PORT", "many")
    code, report = run(capsys, "base")
    assert (code, report["code"]) == (1, "CONFIG_INVALID")


def test_the_other_way(capsys: pytest.CaptureFixture[str], model_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the torch engine's packages are not installed")
    path = tmp_path / "base.pt"
    code, report = run(capsys, "base", "--dir", str(model_dir), "--checkpoint", str(path))
    assert (code, report["file"]) == (0, str(path))
    content = openai_checkpoint.read(path)
    assert content.dimensions == BASE.dimensions
    tensors = base_tensors(model_dir)
    assert set(content.tensors) == set(tensors)
    for name, tensor in tensors.items():
        assert np.array_equal(content.tensors[name].view(np.uint16), tensor.view(np.uint16))


def test_the_other_way_into_no_folder(
    capsys: pytest.CaptureFixture[str], model_dir: Path, tmp_path: Path
) -> None:
    path = tmp_path / "none" / "base.pt"
    code, report = run(capsys, "base", "--dir", str(model_dir), "--checkpoint", str(path))
    assert (code, report["code"]) == (1, "MODEL_LOAD_FAILED")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_process_that_is_asked_to_end_leaves_nothing(models: Path) -> None:
    script = """
import os, runpy, signal, sys
import psutil
from pathlib import Path
from voice_assistant.models import conversion

folder = Path(sys.argv[-1], "base", ".converted.unfinished")

def stop(*_):
    sys.stderr.write(f"{psutil.Process().nice()}\\n")
    try:
        folder.mkdir(parents=True)
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    finally:
        folder.rmdir()

conversion.convert = stop
runpy.run_module("voice_assistant.converter", run_name="__main__")
"""
    ended = subprocess.run(
        [sys.executable, "-c", script, "base", "--dir", str(models)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (143, ""), ended.stderr
    assert ended.stderr == "19\n"
    assert list((models / "base").iterdir()) == []
    assert psutil.Process().nice() < 19
