from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voice_assistant.models.known import built_in
from voice_assistant.self_check.facts import Probe
from voice_assistant.self_check.trial import try_out
from voice_assistant.speech.config import EngineConfig


def config(model_dir: Path, engine: str = "ctranslate2", device: str = "cpu") -> EngineConfig:
    kind = "int8" if device == "cpu" else "float16"
    return EngineConfig(engine, built_in()["base"], model_dir, device, kind, 0.5, 1, 60)


def child(code: str) -> list[str]:
    """A process in place of the real one."""
    return [sys.executable, "-c", code]


def test_a_real_recognition(model_dir: Path) -> None:
    probe, trial = try_out(config(model_dir))
    assert probe is None
    assert (trial.problem, trial.text) == ("", "打开计算器")
    assert trial.load_s > 0
    assert trial.recognition_ms > 0
    assert trial.resident > 50_000_000
    assert (trial.engine, trial.device, trial.on_card) == ("ctranslate2", "cpu", 0)


def test_torch_without_a_card_says_so(model_dir: Path) -> None:
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("there is a card")
    probe, trial = try_out(config(model_dir, "torch", "cuda"))
    assert probe is not None
    assert (probe.version, probe.available, probe.card) == (torch.__version__, False, "")
    assert probe.said  # why
    assert trial.problem.startswith("GPU_UNUSABLE: ")
    assert "finds no graphics card" in trial.problem


def test_a_driver_that_hangs(tmp_path: Path) -> None:
    """What it said before is kept."""
    code = (
        'import time; print(\'{"event": "probe", "probe": {"version": "2.13.0", "cuda": "13.0", '
        '"available": true, "architectures": [[9, 0], [12, 0]]}}\', flush=True); time.sleep(600)'
    )
    probe, trial = try_out(config(tmp_path), 5, child(code))
    assert probe == Probe("2.13.0", "13.0", True, ((9, 0), (12, 0)))
    assert trial.problem == "no answer for 5 s"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_driver_that_crashes(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    _, trial = try_out(config(tmp_path), 60, child(code))
    assert trial.problem == "ended by signal 11"


def test_an_error_nobody_thought_of(tmp_path: Path) -> None:
    _, trial = try_out(config(tmp_path), 60, child("raise OSError('libcudart.so.13 is missing')"))
    assert trial.problem == "ended with exit code 1: OSError: libcudart.so.13 is missing"


def test_what_libraries_write_is_passed_over(tmp_path: Path) -> None:
    about = '"engine": "torch", "model": "base", "device": "cuda", "compute_type": "float16"'
    code = (
        "print('{}'); print('some notice'); print('{\"event\": \"probe\"}'); "
        f'print(\'{{"event": "trial", "trial": {{{about}, "text": "x", "on_card": 3}}}}\')'
    )
    _, trial = try_out(config(tmp_path), 60, child(code))
    assert (trial.problem, trial.text, trial.on_card) == ("", "x", 3)
